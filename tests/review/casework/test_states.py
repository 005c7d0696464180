"""Every state with every event, and every walk that is short enough to enumerate."""

import itertools

import pytest

from review.casework.states import (
    CHOSEN,
    SEVEN,
    TRANSITIONS,
    Event,
    State,
    choices,
    choose,
    move,
    shown_to_submitter,
)
from review.errors import IllegalMove

R, O, A = State.RECEIVED, State.OPENED, State.ACKNOWLEDGED  # noqa: E741 - one letter per state
I, N, C, P = State.INVESTIGATING, State.NEEDS_INFO, State.CLOSED, State.REOPENED  # noqa: E741

# One row per state, one column per event; None where nothing leads on.
EXPECTED = {
    R: {Event.READ: O, Event.REPLIED: A, Event.ACKNOWLEDGE: A},
    O: {Event.REPLIED: A, Event.ACKNOWLEDGE: A},
    A: {Event.REPLIED: A, Event.INVESTIGATE: I, Event.ASK: N, Event.CLOSE: C},
    I: {Event.REPLIED: I, Event.ASK: N, Event.CLOSE: C},
    N: {Event.REPLIED: N, Event.INVESTIGATE: I, Event.CLOSE: C},
    C: {Event.REPLIED: C, Event.REOPEN: P},
    P: {Event.REPLIED: P, Event.INVESTIGATE: I, Event.ASK: N, Event.CLOSE: C},
}


@pytest.mark.parametrize(("state", "event"), list(itertools.product(State, Event)))
def test_each_state_answers_each_event_exactly_as_written_here(state: State, event: Event) -> None:
    after = EXPECTED.get(state, {}).get(event)
    if after is None:
        with pytest.raises(IllegalMove) as refused:
            move(state, event)
        assert (refused.value.state, refused.value.event) == (state, event)
    else:
        assert move(state, event) is after


def test_no_state_and_event_stand_in_the_table_twice() -> None:
    places = [(line.before, line.event) for line in TRANSITIONS]
    assert len(places) == len(set(places))


@pytest.mark.parametrize(("state", "wanted"), list(itertools.product(SEVEN, State)))
def test_only_the_table_s_next_states_can_be_chosen(state: State, wanted: State) -> None:
    by_events = {move(state, event) for event in CHOSEN & set(EXPECTED[state])}
    if wanted in by_events:
        assert choose(state, wanted) is wanted
    else:
        with pytest.raises(IllegalMove):
            choose(state, wanted)


def test_choices_offers_no_state_twice_and_never_the_present_one() -> None:
    for state in SEVEN:
        offered = choices(state)
        assert len(offered) == len(set(offered))
        assert state not in offered


def test_every_state_can_be_reached_and_closed() -> None:
    reached, waiting = {State.RECEIVED}, [State.RECEIVED]
    while waiting:
        for after in EXPECTED[waiting.pop()].values():
            if after not in reached:
                reached.add(after)
                waiting.append(after)
    assert reached == set(SEVEN)


def test_nothing_is_closed_before_the_submitter_was_acknowledged() -> None:
    """Attack: step skipping. No walk of up to six events reaches CLOSED around ACKNOWLEDGED."""
    for walk in itertools.product(Event, repeat=6):
        state, seen = State.RECEIVED, {State.RECEIVED}
        for event in walk:
            after = EXPECTED.get(state, {}).get(event)
            if after is None:
                break
            state = move(state, event)
            seen.add(state)
        assert State.CLOSED not in seen or State.ACKNOWLEDGED in seen


def test_each_state_is_shown_to_the_submitter_as_one_of_five_words() -> None:
    words = {state: shown_to_submitter(state) for state in SEVEN}
    assert words == {
        R: "received",
        O: "reading",
        A: "reading",
        I: "examining",
        N: "asked",
        C: "closed",
        P: "reading",
    }
