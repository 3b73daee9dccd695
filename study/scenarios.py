"""What is simulated: worlds, and which of the library's answers are asked in each."""

from __future__ import annotations

from dataclasses import dataclass

from .worlds import World


@dataclass(frozen=True)
class Scenario:
    """A world with its name in two languages; `clustered` asks for intervals by enterprise,
    `percentiles` for the bridge of the median alone, which draws its intervals. `part` of the logs
    are run: fewer where intervals are drawn.
    """

    id: str
    zh: str
    en: str
    world: World
    clustered: bool = False
    percentiles: bool = False

    @property
    def part(self) -> float:
        """The part of the logs that is run."""
        return 0.25 if self.percentiles else 0.5 if self.clustered else 1.0


DAYS = {"unit": "working_days", "sigma": 0.6, "medians": ((5.5, 7.5), (4.2, 6.2))}
ALIKE = {"clusters": 40, "alike": 0.3}
SHIFT = {"shares": ((0.7, 0.3), (0.3, 0.7)), "medians": ((20.0, 44.0), (18.0, 40.0))}

SCENARIOS = (
    Scenario("plain", "一般，400例", "plain, 400 cases", World(400)),
    Scenario("small", "少量，30例", "few: 30 cases", World(30)),
    Scenario("heavy", "长尾，400例", "heavy tail, 400 cases", World(400, sigma=1.5)),
    Scenario("heavy-large", "长尾，4000例", "heavy tail, 4,000 cases", World(4000, sigma=1.5)),
    Scenario("heavy-small", "长尾，30例", "heavy tail, 30 cases", World(30, sigma=1.5)),
    Scenario("ties", "以工作日计，400例", "working days (ties), 400 cases", World(400, **DAYS)),
    Scenario("ties-small", "以工作日计，30例", "working days (ties), 30 cases", World(30, **DAYS)),
    Scenario(
        "clusters-ignored", "40家企业，未按企业", "40 enterprises, ignored", World(400, **ALIKE)
    ),
    Scenario(
        "clusters",
        "40家企业，按企业",
        "40 enterprises, cluster=",
        World(400, **ALIKE),
        clustered=True,
    ),
    Scenario(
        "clusters-few",
        "12家企业，按企业",
        "12 enterprises, cluster=",
        World(400, clusters=12, alike=0.3),
        clustered=True,
    ),
    Scenario("open-10", "10%未结", "10 % open, 400 cases", World(400, still=0.1)),
    Scenario("open-20", "20%未结", "20 % open, 400 cases", World(400, still=0.2)),
    Scenario("open-40", "40%未结", "40 % open, 400 cases", World(400, still=0.4)),
    Scenario("open-40-small", "40%未结，30例", "40 % open, 30 cases", World(30, still=0.4)),
    Scenario("mix", "构成变化", "mix shift, 400 cases", World(400, **SHIFT)),
    Scenario("mix-small", "构成变化，30例", "mix shift, 30 cases", World(30, **SHIFT)),
    Scenario(
        "mix-median",
        "构成变化，中位数分解",
        "mix shift, bridge of the median",
        World(400, **SHIFT),
        percentiles=True,
    ),
)
