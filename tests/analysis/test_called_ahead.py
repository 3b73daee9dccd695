"""Whether declarations in advance count is in the name of customs' own clock."""

import clearance_metrics as cm


def test_the_name_says_whether_advance_declarations_count(demos):
    log = demos(0.1).log.using(as_of="2022-12-31")
    present = {"conveyance_arrived": {"not_after": "declared"}}
    name = "import_customs_only"
    alone = cm.measure(log, {name: cm.clock(name, dated_by="end", where=present)})
    every = cm.measure(log, [name, "import_overall"])
    assert "不含提前申报" in alone.called(name, "zh") and "apart" in alone.called(name, "en")
    assert "（含提前申报）" in every.called(name, "zh") and "included" in every.called(name, "en")
    assert "advance" not in every.called("import_overall", "en")
    ahead = {"declared": {"before": "conveyance_arrived"}}
    some = cm.measure(log, {name: cm.clock(name, dated_by="end", where=ahead)})
    assert "advance" not in some.called(name, "en")
    held = cm.holds(log, name, where=present)
    assert "不含提前申报" in held.headline("zh") and "apart" in held.headline("en")
    assert "advance declarations included" in cm.holds(log, name).headline("en")
    assert "提前申报" not in cm.holds(log, "import_overall").headline("zh")
