"""The scorecard on other engines, bit for bit: a Spark cluster of two workers, PostgreSQL in place.

Servers are started here on the loopback address or a socket of their own and stopped by their
process ids. Where Java, pyspark, PostgreSQL, Ibis or psycopg is absent, the tests that need it are
skipped and say so.
"""

import glob
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from unittest.mock import patch

import duckdb
import pyarrow.parquet as pq
import pytest
from support.logs import ibis_or_skip

from clearance_metrics.analysis.closed_hours import closed_hours
from clearance_metrics.analysis.holds import holds
from clearance_metrics.analysis.measure import measure
from clearance_metrics.analysis.parties import parties
from clearance_metrics.analysis.price_index import price_index
from clearance_metrics.analysis.stages import stages
from clearance_metrics.assessment.assess import assess
from clearance_metrics.assessment.check_limits import check_limits
from clearance_metrics.assessment.firms import firms
from clearance_metrics.assessment.reconcile import reconcile
from clearance_metrics.assessment.violations import violations
from clearance_metrics.domain.metrics import Duration, Fee, Formalities
from clearance_metrics.domain.opening import Opening
from clearance_metrics.engine.log import EventLog
from clearance_metrics.errors import LogError
from clearance_metrics.intake import ingest
from clearance_metrics.simulation import simulate

AS_OF = "2022-12-31"
TABLES = ("events", "cases", "charges", "charge_list", "waivers", "limits")


@pytest.fixture(scope="module")
def folder(small):
    """What intake wrote of a small simulated log."""
    return small / "out"


@pytest.fixture(scope="module")
def scorecard(folder):
    """DuckDB's answer, which the others must give as well."""
    found = assess(EventLog.open(folder), as_of=AS_OF)
    assert sum(row.value is not None for row in found) > 70, (
        "a scorecard that is mostly empty compares nothing"
    )
    return found


def test_two_logs_in_one_engine_keep_apart(folder, tmp_path):
    simulate(tmp_path / "raw", 8, 0.01)
    ingest(tmp_path / "raw" / "dataset.toml", None, tmp_path / "log")
    engine, clock = duckdb.connect(), Duration("declared", "customs_released")
    first, second = (EventLog.open(place, engine=engine) for place in (folder, tmp_path / "log"))
    for log, place in ((first, folder), (second, tmp_path / "log")):
        alone = EventLog.open(place)
        assert measure(log, clock, as_of=AS_OF) == measure(alone, clock, as_of=AS_OF)
        assert (
            log.count_cases() == alone.count_cases()
            and log.rows_of(log.charges).num_rows == alone.rows_of(alone.charges).num_rows
        )


def test_threads_answer_alike(folder):
    clock = Duration("declared", "customs_released")
    alone = measure(EventLog.open(folder), clock, as_of=AS_OF)
    with ThreadPoolExecutor(4) as pool:
        found = list(
            pool.map(lambda _: measure(EventLog.open(folder), clock, as_of=AS_OF), range(12))
        )
    assert found == [alone] * 12


def test_a_folder_that_is_written_anew_is_read_anew(tmp_path):
    told = []
    for seed in (3, 4):
        simulate(tmp_path / "raw", seed, 0.01)
        ingest(tmp_path / "raw" / "dataset.toml", None, tmp_path / "log")
        told.append(EventLog.open(tmp_path / "log"))
        shared = told[0].engine
        again = EventLog.open(tmp_path / "log", engine=shared)
        assert again.rows_of(again.charges).equals(told[-1].rows_of(told[-1].charges))
        fresh, same = (
            measure(
                EventLog.open(tmp_path / "log", engine=e),
                Duration("declared", "customs_released"),
                as_of=AS_OF,
            )
            for e in (None, shared)
        )
        assert fresh == same


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def stop(process, sign=signal.SIGTERM):
    process.send_signal(sign)
    try:
        process.wait(30)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def until(ready, seconds, what):
    limit = time.monotonic() + seconds
    while not ready():
        if time.monotonic() > limit:
            raise TimeoutError(f"{what} did not come up")
        time.sleep(0.2)


def listens(port):
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@pytest.fixture(scope="module")
def spark(tmp_path_factory):
    """A session on a standalone cluster: a master and two workers, each a process of its own."""
    pyspark = pytest.importorskip(
        "pyspark", reason="pyspark is not installed: pip install 'clearance-metrics[spark]'"
    )
    if not shutil.which("java") and not os.environ.get("JAVA_HOME"):
        pytest.skip("Java 17 or newer is not installed: apt-get install openjdk-17-jre-headless")
    from pyspark.sql import SparkSession

    base, port = tmp_path_factory.mktemp("spark"), free_port()
    launcher = str(Path(pyspark.__file__).parent / "bin" / "spark-class")
    env = {
        **os.environ,
        "SPARK_HOME": str(Path(pyspark.__file__).parent),
        "SPARK_LOCAL_IP": "127.0.0.1",
        "SPARK_NO_DAEMONIZE": "1",
        "PYSPARK_PYTHON": sys.executable,
    }

    def start(name, *words):
        log = (base / f"{name}.log").open("wb")
        return subprocess.Popen([launcher, *words], env=env, cwd=base, stdout=log, stderr=log)

    running = [
        start(
            "master",
            "org.apache.spark.deploy.master.Master",
            "--host",
            "127.0.0.1",
            "--port",
            str(port),
            "--webui-port",
            "0",
        )
    ]
    kept = {k: os.environ.get(k) for k in ("SPARK_LOCAL_IP", "PYSPARK_PYTHON")}
    session = None
    try:
        until(lambda: listens(port), 120, "the Spark master")
        for i in (1, 2):
            running.append(
                start(
                    f"worker{i}",
                    "org.apache.spark.deploy.worker.Worker",
                    "--host",
                    "127.0.0.1",
                    "--webui-port",
                    "0",
                    "--cores",
                    "1",
                    "--memory",
                    "1g",
                    "--work-dir",
                    str(base / f"work{i}"),
                    f"spark://127.0.0.1:{port}",
                )
            )
        os.environ.update({k: env[k] for k in kept})
        session = (
            SparkSession.builder.master(f"spark://127.0.0.1:{port}")
            .appName("clearance-metrics")
            .config("spark.driver.host", "127.0.0.1")
            .config("spark.driver.bindAddress", "127.0.0.1")
            .config("spark.ui.enabled", "false")
            .config("spark.executor.memory", "768m")
            .config("spark.executor.cores", "1")
            .config("spark.sql.shuffle.partitions", "4")
            .config("spark.sql.warehouse.dir", str(base / "warehouse"))
            .getOrCreate()
        )
        session.sparkContext.setLogLevel("ERROR")
        yield session
    finally:
        if session is not None:
            session.stop()
        for process in reversed(running):
            stop(process)
        for name, value in kept.items():
            os.environ.pop(name, None) if value is None else os.environ.update({name: value})


@pytest.fixture(scope="module")
def postgres(folder):
    """A backend on a new PostgreSQL cluster that listens on a socket in a folder of its own; it
    holds the log's tables.
    """
    pytest.importorskip(
        "psycopg", reason="psycopg is not installed: pip install 'clearance-metrics[postgres]'"
    )
    places = sorted(glob.glob("/usr/lib/postgresql/*/bin"), key=lambda p: float(p.split("/")[4]))
    program = shutil.which(
        "postgres", path=os.pathsep.join([os.environ.get("PATH", ""), *reversed(places)])
    )
    if program is None:
        pytest.skip("PostgreSQL is not installed: apt-get install postgresql")
    as_user = {}
    base = Path(tempfile.mkdtemp(prefix="clearance-pg-"))
    if os.geteuid() == 0:
        # PostgreSQL refuses to run as root
        owner = pwd.getpwnam("postgres")
        as_user = {"user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": []}
        os.chown(base, owner.pw_uid, owner.pw_gid)
    server = None
    try:
        data = base / "data"
        subprocess.run(
            [
                Path(program).resolve().parent / "initdb",
                "-D",
                data,
                "-U",
                "postgres",
                "-A",
                "trust",
                "-E",
                "UTF8",
                "--locale",
                "C",
                "--no-sync",
            ],
            cwd=base,
            check=True,
            capture_output=True,
            **as_user,
        )
        log = (base / "log").open("wb")
        server = subprocess.Popen(
            [
                program,
                "-D",
                data,
                "-k",
                base,
                "-c",
                "listen_addresses=",
                "-c",
                "fsync=off",
                "-c",
                "jit=off",
            ],
            cwd=base,
            stdout=log,
            stderr=log,
            **as_user,
        )
        until(lambda: (base / ".s.PGSQL.5432").exists(), 60, "PostgreSQL")
        until(lambda: "ready to accept" in (base / "log").read_text(), 60, "PostgreSQL")
        backend = ibis_or_skip().postgres.connect(
            host=str(base), user="postgres", database="postgres"
        )
        for name in TABLES:
            backend.create_table(name, pq.read_table(folder / f"{name}.parquet"))
        yield backend
        backend.disconnect()
    finally:
        if server is not None:
            stop(server, signal.SIGINT)
        shutil.rmtree(base, ignore_errors=True)


def same(found, wanted):
    """Every field of every row, floats to the last bit."""
    for one, other in zip(found.to_dicts(), wanted.to_dicts(), strict=True):
        assert one == other


def asked(log):
    """Further calls: opening hours by port, groups, periods, a working-day clock, a stop clock,
    lines, stages, holds, limits, a price index.
    """
    clock = Duration(
        "refund_accepted",
        "refund_approved",
        unit="working_days",
        where={"kind": "refund"},
        dated_by="end",
    )
    hours = Duration("conveyance_arrived", "customs_released", where={"kind": "import"})
    one, other = [port for port in log.values("port") if port][:2]
    own = ((one, Opening(("08:00", "20:00"))), (other, Opening(weekdays=(("monday", None),))))
    with patch.object(EventLog, "opening", Opening(ports=own)):
        waited = closed_hours(log, hours, as_of=AS_OF, by="mode")
    assert len(waited._offices) == 2
    return [
        waited.to_dicts(),
        measure(log, clock, as_of=AS_OF, period="quarter").to_dicts(),
        measure(
            log,
            hours,
            as_of=AS_OF,
            by=("port", "mode"),
            statistics=("mean", "median", "p90", "within:24"),
        ).to_dicts(),
        measure(log, Fee(per="teu"), as_of=AS_OF, by="port", period="year").to_dicts(),
        violations(log, as_of=AS_OF).to_dicts(),
        stages(log, "import", as_of=AS_OF, period="year").to_dicts(),
        holds(
            log, ("conveyance_arrived", "customs_released"), as_of=AS_OF, where={"kind": "import"}
        ).to_dicts(),
        parties(log, "import_port_release", as_of=AS_OF, by="mode", period="year").to_dicts(),
        reconcile(log, "import", as_of=AS_OF, between=("2021", "2022")).to_dicts(),
        firms(log, Formalities(where={"kind": "import"}), as_of=AS_OF, period="year").to_dicts(),
        firms(log, Fee(per="value", where={"kind": "import"}), as_of=AS_OF).to_dicts(),
        check_limits(log, as_of=AS_OF).to_dicts(),
        price_index(
            log,
            before=("2020-09", "2021-08"),
            after=("2022-01", "2022-12"),
            as_of=AS_OF,
            where={"kind": ["import", "export"]},
        ).to_dict(),
    ]


def test_the_scorecard_takes_a_handful_of_queries(folder, monkeypatch):
    log, asked_of = EventLog.open(folder), []
    answer = type(log.engine).rows_of
    monkeypatch.setattr(
        type(log.engine), "rows_of", lambda *a, **k: asked_of.append(1) or answer(*a, **k)
    )
    found = assess(log, as_of=AS_OF)
    assert found.queries == len(asked_of) <= 6 < len({row.indicator for row in found})
    assert f"{found.queries} engine queries" in repr(found)


def test_a_log_whose_tables_lie_apart_gives_the_same(folder, scorecard, tmp_path):
    shutil.copytree(folder, tmp_path / "apart")
    attributes = [c for c in pq.read_schema(folder / "cases.parquet").names if c != "case_id"]
    table = pq.read_table(folder / "milestones.parquet")
    pq.write_table(table.drop_columns(attributes), tmp_path / "apart" / "milestones.parquet")
    found = assess(EventLog.open(tmp_path / "apart"), as_of=AS_OF)
    same(found, scorecard)
    assert found.queries == scorecard.queries + 1, "the join is one more"


def test_minutes_keep_every_mean(folder, scorecard):
    found = assess(EventLog.open(folder), as_of=AS_OF, resolution="minute")
    assert scorecard.resolution == "second" and found.resolution == "minute"
    for coarse, fine in zip(found, scorecard, strict=True):
        assert coarse.value == fine.value and coarse.n == fine.n
        for one, other in zip(coarse.also, fine.also, strict=True):
            late = one.statistic in ("median", "p90") and 0 <= other.value - one.value < 1 / 60
            assert one.value == other.value or late
    with pytest.raises(LogError, match="unknown resolution 'hour'"):
        assess(EventLog.open(folder), as_of=AS_OF, resolution="hour")


def test_spark_gives_the_same_bits(folder, scorecard, spark):
    log = EventLog.open(folder, engine=spark)
    found = assess(log, as_of=AS_OF)
    same(found, scorecard)
    assert found.queries == scorecard.queries
    assert asked(log) == asked(EventLog.open(folder))
    # the driver and an executor on each worker
    assert len(list(spark.sparkContext._jsc.sc().statusTracker().getExecutorInfos())) == 3


def test_postgresql_gives_the_same_bits_where_the_tables_lie(folder, postgres):
    def log_of(table):
        dated = {name: table(name) for name in TABLES[3:]}
        return EventLog(*(table(name) for name in TABLES[:3]), **dated, timezone="Asia/Shanghai")

    here, log = (
        log_of(lambda name: pq.read_table(folder / f"{name}.parquet")),
        log_of(postgres.table),
    )
    assert log.engine.backend.connection is postgres
    same(assess(log, as_of=AS_OF), assess(here, as_of=AS_OF))
    assert asked(log) == asked(here)
    other = type(postgres)()
    other.do_connect(host=postgres.con.info.host, user="postgres", database="postgres")
    assert set(other.list_tables()) == set(TABLES), "only temporary tables were made"
    other.disconnect()


def test_postgresql_opens_a_folder(folder, scorecard, postgres):
    same(assess(EventLog.open(folder, engine=postgres), as_of=AS_OF), scorecard)


def test_what_is_no_engine_is_refused(folder):
    with pytest.raises(LogError, match="str is no engine"):
        EventLog.open(folder, engine="spark")
    polars = ibis_or_skip().polars.connect()
    with pytest.raises(LogError, match="polars runs no SQL"):
        EventLog.open(folder, engine=polars)


def test_an_answer_warns_of_nothing():
    """Whatever filters are set: its query is planned once, and the copy of its few rows is ours."""
    code = (
        "import polars as pl\n"
        "from clearance_metrics.engine.log import EventLog\n"
        "events = pl.DataFrame({'case_id': ['a'], 'time': [0], 'milestone': ['declared']})\n"
        "assert EventLog(events).count_cases() == 1"
    )
    done = subprocess.run(
        [sys.executable, "-W", "error:Arrow output", "-c", code], capture_output=True, text=True
    )
    assert (done.returncode, done.stderr) == (0, "")
