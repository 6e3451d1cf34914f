"""The loop of a watch over a fake world: its clock is moved by waiting, its companies fail as they are told to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest

from akika_forensics.case.budget import BudgetSpent
from akika_forensics.case.schedule import At, Every, Manner, read_hours
from akika_forensics.case.watching import Allowed, Taken, Watch
from akika_forensics.errors import (
    Interrupted,
    NetworkFailed,
    SignInFailed,
    SignInUncertain,
    VaultDamaged,
    VaultLocked,
    WrongKey,
    WrongUse,
)
from akika_forensics.vault.storage import StorageFailed

NOW = datetime(2026, 3, 2, 17, 0, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
LONG = 2_000


@dataclass
class World:
    """Companies, a clock, and whoever stops the watch: after ``until``."""

    until: datetime = NOW + 2 * DAY
    now: datetime = NOW
    last: dict[str, datetime | None] = field(default_factory=lambda: {"craig": NOW - HOUR})
    hints: dict[str, list[datetime]] = field(default_factory=dict)
    fails: dict[str, list[Exception]] = field(default_factory=dict)
    allows: Callable[[str, datetime], Allowed] = lambda _name, _now: Allowed()
    sleeps: list[tuple[datetime, datetime]] = field(default_factory=list)
    begun: list[tuple[str, datetime, bool]] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    waits: int = 0
    sign_ins: dict[str, str] = field(default_factory=dict)
    erased: set[str] = field(default_factory=set)
    soon: list[tuple[datetime, Callable[[], object]]] = field(default_factory=list)
    """What somebody does to the vault while the watch waits or captures, and when."""

    def names(self) -> tuple[str, ...]:
        return tuple(name for name in self.last if name not in self.erased)

    def sign_in(self, name: str) -> str:
        self._require(name)
        return self.sign_ins.get(name, "the first")

    def _require(self, name: str) -> None:
        if name in self.erased:
            raise WrongUse(f"The vault knows no company {name!r}.")

    def passes(self, by: timedelta) -> None:
        self.now += by
        for what in [one for one in self.soon if one[0] <= self.now]:
            self.soon.remove(what)
            what[1]()

    def newest(self, name: str) -> datetime | None:
        self._require(name)
        return self.last[name]

    def hinted(self, name: str) -> tuple[datetime, datetime] | None:
        self._require(name)
        last = self.last[name]
        came = [at for at in self.hints.get(name, []) if at <= self.now and (last is None or at >= last)]
        return (min(came), max(came)) if came else None

    def allowed(self, name: str, now: datetime) -> Allowed:
        return self.allows(name, now)

    def capture(self, name: str, *, sparing: bool, should_stop: Callable[[], bool]) -> Taken:
        self.begun.append((name, self.now, sparing))
        began = self.now
        self.passes(5 * MINUTE)
        self._require(name)
        if self.fails.get(name):
            raise self.fails[name].pop(0)
        self.last[name] = began
        return Taken(True, f"snapshot {len(self.begun)}", began)

    def wait(self, seconds: float) -> None:
        assert seconds > 0
        self.waits += 1
        assert self.waits < 50_000, "it spins"
        self.passes(timedelta(seconds=seconds))
        for fell, woke in self.sleeps:
            if fell <= self.now < woke:
                self.now = woke

    def stopped(self) -> bool:
        return self.now >= self.until

    def watch(self, schedule: Every | At) -> Watch:
        clock = type("Clock", (), {"now": lambda _: self.now, "wait": lambda _, seconds: self.wait(seconds)})()
        return Watch(
            self, schedule, Manner(), clock,
            say=lambda name, line: self.said.append(f"{name}: {line}"), should_stop=self.stopped,
        )  # fmt: skip

    def times(self, name: str = "craig") -> list[timedelta]:
        return [at - NOW for one, at, _ in self.begun if one == name]


def test_captures_come_as_the_schedule_says() -> None:
    world = World()
    world.watch(Every(6 * HOUR)).run()
    assert world.times() == [5 * HOUR, 11 * HOUR, 17 * HOUR, 23 * HOUR, 29 * HOUR, 35 * HOUR, 41 * HOUR, 47 * HOUR]
    world = World()
    world.watch(read_hours(["02:00", "14:00"], UTC)).run()
    assert world.times() == [9 * HOUR, 21 * HOUR, 33 * HOUR, 45 * HOUR]
    assert "the next capture begins at" in world.said[0]
    assert len(world.said) == 3 * 4 + 1


def test_the_first_capture_is_taken_at_once() -> None:
    world = World(last={"craig": None}, until=NOW + HOUR)
    world.watch(Every(DAY)).run()
    assert world.times() == [timedelta(0)]


def test_a_sleep_over_several_hours_is_made_up_for_once() -> None:
    world = World(sleeps=[(NOW + HOUR, NOW + 40 * HOUR)])
    world.watch(read_hours(["02:00", "14:00"], UTC)).run()
    assert world.times() == [40 * HOUR, 45 * HOUR]
    assert any("made up for" in line for line in world.said)


def test_hints_bring_a_capture_sooner_and_only_one() -> None:
    came = [NOW + HOUR + n * timedelta(seconds=20) for n in range(10)]
    world = World(hints={"craig": came})
    world.watch(Every(DAY)).run()
    (first, second) = world.times()
    assert came[-1] - NOW + MINUTE <= first <= came[-1] - NOW + 2 * MINUTE
    assert second == first + DAY


def test_a_storm_of_hints_is_met_in_measure() -> None:
    world = World(until=NOW + 6 * HOUR, hints={"craig": [NOW + n * MINUTE / 2 for n in range(12 * 60)]})
    world.watch(Every(DAY)).run()
    gaps = [later - earlier for earlier, later in zip(world.times(), world.times()[1:], strict=False)]
    assert all(15 * MINUTE <= gap <= 26 * MINUTE for gap in gaps)
    assert len(gaps) > 10


def test_failures_are_waited_out_and_said() -> None:
    world = World(fails={"craig": [NetworkFailed("The line is dead.", do="Look at it.")] * 3})
    watch = world.watch(Every(DAY))
    watch.run()
    first, second, third, fourth, *_ = world.times()
    assert first == 23 * HOUR
    assert [second - first, third - second, fourth - third] == [6 * MINUTE, 7 * MINUTE, 9 * MINUTE]
    assert sum("The line is dead. Look at it. It is tried again at" in line for line in world.said) == 3
    assert (watch.taken, watch.failed) == (2, None)


def test_hours_of_failure_do_not_flood_anybody() -> None:
    world = World(fails={"craig": [NetworkFailed("Down.")] * LONG}, until=NOW + 4 * DAY)
    world.watch(Every(DAY)).run()
    assert 70 < len(world.begun) < 85


def test_a_fault_of_this_software_does_not_end_the_watch() -> None:
    world = World(fails={"craig": [ZeroDivisionError("secret of the books")]})
    world.watch(Every(DAY)).run()
    assert len(world.begun) == 3
    assert any("ZeroDivisionError" in line for line in world.said)
    assert "secret of the books" not in "".join(world.said)


def test_while_another_captures_the_watch_waits_a_minute() -> None:
    world = World(fails={"craig": [VaultLocked("Ann captures.")] * 2})
    world.watch(Every(DAY)).run()
    first, second, third, *_ = world.times()
    assert second - first == third - second == 6 * MINUTE or second - first <= 6 * MINUTE
    assert sum("skipped. Ann captures." in line for line in world.said) == 2


def test_a_snapshot_that_somebody_else_took_serves_as_well() -> None:
    world = World()
    world.soon = [(NOW + 2 * HOUR, lambda: world.last.update(craig=NOW + 2 * HOUR))]
    world.watch(Every(DAY)).run()
    assert world.times() == [26 * HOUR]
    assert any("somebody else" in line for line in world.said)


def test_a_round_of_the_only_company_ends_with_the_words_of_its_dead_sign_in() -> None:
    world = World(fails={"craig": [SignInFailed("Access was revoked.", do="Connect it again.")]})
    with pytest.raises(SignInFailed, match=r"Access was revoked\. Connect it again\.") as caught:
        world.watch(Every(DAY)).once()
    assert caught.value.exit_code == 4


def test_a_round_in_which_no_sign_in_lives_names_the_companies() -> None:
    world = World(
        last={"craig": NOW, "dana": NOW},
        fails={"craig": [SignInFailed("Revoked.")], "dana": [SignInFailed("Expired.")]},
    )
    with pytest.raises(SignInFailed, match="craig, dana"):
        world.watch(Every(DAY)).once()


def test_a_dead_sign_in_of_one_company_leaves_the_others_watched() -> None:
    world = World(
        last={"craig": NOW - HOUR, "dana": NOW - HOUR}, fails={"craig": [SignInFailed("Revoked.")]}, until=NOW + 4 * DAY
    )
    world.watch(Every(DAY)).run()
    assert len(world.times("craig")) == 1
    assert len(world.times("dana")) == 4
    assert sum("craig: is left out until it is connected again. Revoked." in line for line in world.said) == 1
    assert sum("craig: is still left out" in line for line in world.said) == 3, "it is said again each day"


@pytest.mark.parametrize("others", [(), ("dana",)], ids=["the only one", "one of two"])
def test_a_company_that_is_connected_again_is_watched_again(others: tuple[str, ...]) -> None:
    again = NOW + 30 * HOUR
    world = World(
        last=dict.fromkeys(("craig", *others), NOW - HOUR),
        fails={"craig": [SignInFailed("Revoked.")]},
        until=NOW + 3 * DAY,
    )
    world.soon = [(again, lambda: world.sign_ins.update(craig="the second"))]
    watch = world.watch(Every(DAY))
    watch.run()
    first, second, third = world.times("craig")
    assert first == 23 * HOUR
    assert again - NOW <= second <= again - NOW + 10 * MINUTE
    assert third == second + DAY
    assert any("craig: was connected again" in line for line in world.said)
    assert watch.failed is None


def test_a_company_that_is_connected_while_its_capture_fails_is_watched_again() -> None:
    world = World(fails={"craig": [SignInFailed("Revoked.")]})
    world.soon = [(NOW + 23 * HOUR + MINUTE, lambda: world.sign_ins.update(craig="the second"))]
    world.watch(Every(DAY)).run()
    assert world.times()[1] <= 23 * HOUR + 6 * MINUTE


def test_a_refusal_that_may_pass_is_waited_out_as_any_failure() -> None:
    world = World(fails={"craig": [SignInUncertain("HTTP 403.", do="Try again in some minutes.")]})
    world.watch(Every(DAY)).run()
    assert world.times()[:2] == [23 * HOUR, 23 * HOUR + 6 * MINUTE]
    assert any("failed. HTTP 403. Try again in some minutes. It is tried again at" in line for line in world.said)
    assert "left out" not in "".join(world.said)


def test_a_company_that_is_new_in_the_vault_is_captured_at_once() -> None:
    world = World(until=NOW + 30 * HOUR, soon=[(NOW + 2 * HOUR, lambda: world.last.update(dana=None))])
    world.watch(Every(DAY)).run()
    first, *_ = world.times("dana")
    assert 2 * HOUR <= first <= 2 * HOUR + MINUTE
    assert len(world.times("dana")) == 2
    assert any("dana: is new in the vault" in line for line in world.said)


def test_a_company_that_is_not_connected_is_said_and_taken_up_when_it_is() -> None:
    last: dict[str, datetime | None] = {"craig": NOW - HOUR, "gone": NOW - DAY}
    world = World(last=last, sign_ins={"gone": ""}, until=NOW + 3 * HOUR)
    world.soon = [(NOW + HOUR, lambda: world.sign_ins.update(gone="the first"))]
    world.watch(Every(DAY)).run()
    assert HOUR <= world.times("gone")[0] <= HOUR + MINUTE
    assert "gone: is left out until it is connected again." in world.said[0]
    world.sign_ins["gone"] = ""
    watch = world.watch(Every(DAY))
    watch.once()
    assert watch.failed is None, "somebody disconnected it on purpose"


@pytest.mark.parametrize("when", [2 * HOUR, 23 * HOUR + MINUTE], ids=["between captures", "before its own is begun"])
def test_a_company_that_is_erased_ends_its_own_watch_alone(when: timedelta) -> None:
    """The second time lies within the capture of the first company."""
    world = World(last={"craig": NOW - HOUR, "dana": NOW - HOUR}, soon=[(NOW + when, lambda: world.erased.add("dana"))])
    world.watch(Every(DAY)).run()
    assert len(world.times("craig")) == 2
    assert world.times("dana") == []
    assert sum("dana: is watched no longer" in line for line in world.said) == 1


@pytest.mark.parametrize("asked", ["hinted", "newest", "sign_in", "allowed", "capture"])
def test_whenever_a_company_is_erased_the_others_are_watched(asked: str) -> None:
    """Between the look at what there is, and any of what is asked of it."""
    world = World(last={"craig": NOW - HOUR, "dana": NOW - HOUR})
    answer = getattr(world, asked)

    def vanishes(name: str, *arguments: object, **more: object) -> object:
        if name == "dana" and world.now >= NOW + 23 * HOUR - 2 * MINUTE:
            world.erased.add("dana")
        world._require(name)
        return answer(name, *arguments, **more)

    setattr(world, asked, vanishes)
    watch = world.watch(Every(DAY))
    watch.run()
    assert len(world.times("craig")) == 2
    assert sum("dana: is watched no longer" in line for line in world.said) == 1
    assert watch.failed is None


def test_the_erasure_of_the_last_company_ends_the_watch() -> None:
    world = World(soon=[(NOW + HOUR, lambda: world.erased.add("craig"))])
    with pytest.raises(WrongUse, match="knows no company"):
        world.watch(Every(DAY)).run()
    assert world.now <= NOW + HOUR + MINUTE


def test_wrong_use_that_no_erasure_explains_ends_the_watch() -> None:
    with pytest.raises(WrongUse, match="No such zone"):
        World(fails={"craig": [WrongUse("No such zone.")]}).watch(Every(DAY)).run()


@pytest.mark.parametrize("error", [WrongKey("Removed."), VaultDamaged("Bytes are gone.")])
def test_what_waiting_does_not_mend_ends_it(error: Exception) -> None:
    with pytest.raises(type(error)):
        World(fails={"craig": [error]}).watch(Every(DAY)).run()


def test_stopped_within_a_capture_it_ends_cleanly() -> None:
    world = World(until=NOW + 23 * HOUR + MINUTE, fails={"craig": [Interrupted("Stopped.")]})
    world.watch(Every(DAY)).run()
    assert len(world.begun) == 1


def test_the_months_reads_put_captures_off_and_leave_controls_out() -> None:
    ends = NOW + 30 * HOUR

    def allows(_name: str, now: datetime) -> Allowed:
        if now < NOW + 6 * HOUR:
            return Allowed(sparing=True, why="It takes few controls.")
        return Allowed(not_before=ends, why="The reads are used up.") if now < ends else Allowed()

    world = World(allows=allows)
    world.watch(Every(3 * HOUR)).run()
    assert world.begun[0] == ("craig", NOW + 2 * HOUR, True)
    assert world.begun[1] == ("craig", NOW + 5 * HOUR, True)
    assert world.begun[2] == ("craig", ends, False)
    assert sum("The reads are used up. The next capture begins at" in line for line in world.said) == 1


def test_a_cap_that_is_raised_is_noticed_within_the_hour() -> None:
    raised = NOW + 3.5 * HOUR
    world = World(
        allows=lambda _, now: Allowed() if now >= raised else Allowed(not_before=NOW + 20 * DAY, why="Used up."),
        last={"craig": NOW - DAY},
    )
    world.watch(Every(DAY)).run()
    assert raised <= NOW + world.times()[0] <= raised + HOUR
    assert sum("Used up." in line for line in world.said) == 1


def test_a_capture_that_turns_out_too_large_is_put_off_and_not_begun_again() -> None:
    """Each beginning costs reads, of those that are to be left."""
    spent, raised = BudgetSpent("It needs 300 reads, and 200 are left."), NOW + 40 * HOUR

    def allows(_name: str, now: datetime) -> Allowed:
        return Allowed() if now >= raised or not world.begun else Allowed(not_before=NOW + 20 * DAY, why="Too much.")

    world = World(fails={"craig": [spent]}, allows=allows)
    world.watch(Every(DAY)).run()
    first, second = world.times()
    assert first == 23 * HOUR
    assert 40 * HOUR <= second <= 41 * HOUR
    assert sum("Too much. The next capture begins at" in line for line in world.said) == 1


def test_a_capture_too_large_that_the_month_allows_after_all_is_tried_again_as_any() -> None:
    world = World(fails={"craig": [BudgetSpent("It needs 300 reads.")]})
    world.watch(Every(DAY)).run()
    assert world.times()[:2] == [23 * HOUR, 23 * HOUR + 6 * MINUTE]


def test_several_companies_each_have_their_turn() -> None:
    last = dict.fromkeys(("ann", "bob", "cleo"), NOW - HOUR)
    world = World(last=dict(last))
    world.watch(Every(6 * HOUR)).run()
    for number, name in enumerate(last):
        assert world.times(name)[0] == 5 * HOUR + number * 5 * MINUTE
        assert len(world.times(name)) >= 7


def test_once_takes_each_company_now_and_tells_what_failed() -> None:
    world = World(last={"ann": NOW, "bob": None, "cleo": NOW}, fails={"bob": [NetworkFailed("Down.")]})
    watch = world.watch(Every(DAY))
    watch.once()
    assert [name for name, _, _ in world.begun] == ["ann", "bob", "cleo"]
    assert isinstance(watch.failed, NetworkFailed)
    assert "tried again" not in "".join(world.said), "a single round tries nothing again"
    world.fails = {"ann": [SignInFailed("Revoked.")]}
    world.last = {"ann": NOW}
    with pytest.raises(SignInFailed):
        world.watch(Every(DAY)).once()


def test_a_round_in_which_one_sign_in_of_several_is_dead_has_failed() -> None:
    revoked = SignInFailed("Access was revoked.", do="Connect it again.")
    world = World(last={"ann": NOW, "bob": NOW}, fails={"ann": [revoked]})
    watch = world.watch(Every(DAY))
    watch.once()
    assert (watch.taken, watch.failed) == (1, revoked)
    assert any("ann: " in line and "Access was revoked. Connect it again." in line for line in world.said)


@pytest.mark.parametrize("asked", ["hinted", "newest", "names", "sign_in"])
@pytest.mark.parametrize("first", [1, 2])
def test_a_medium_that_is_away_for_a_while_ends_no_watch(asked: str, first: int) -> None:
    """What the loop looks up at its start and between captures lies in the vault, which may be a bucket across a network."""
    world = World()
    looks, there = 0, getattr(world, asked)

    def look(*name: str) -> object:
        nonlocal looks
        looks += 1
        if first <= looks < first + 3:
            raise StorageFailed("The store did not answer.")
        return there(*name)

    setattr(world, asked, look)
    world.watch(Every(HOUR)).run()
    assert len(world.begun) > 20
    assert 1 <= sum("The store did not answer" in line for line in world.said) <= 3


def test_damage_between_captures_ends_it() -> None:
    world = World()
    world.hinted = lambda _name: (_ for _ in ()).throw(VaultDamaged("A file is damaged."))  # type: ignore[method-assign]
    with pytest.raises(VaultDamaged):
        world.watch(Every(HOUR)).run()
