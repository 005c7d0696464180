"""The lint over words for submitters, and the replies it is run on."""

import json
import re
import tomllib
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from review.casework import replies, wording
from review.casework.course import Step
from review.casework.wording import impeding, is_clear
from tests.test_words import FRIGHTENING, IMPEDING, TEMPLATES, readable

# Each as somebody might write it in good faith, with the rule that must stop it.
STOPPED = [
    ("silence", "Please do not discuss this with anybody."),
    ("silence", "You must not disclose the contents of this letter."),
    ("silence", "You mustn\u2019t tell your colleagues."),
    ("silence", "Keep this confidential."),
    ("silence", "Please keep   it\n between us."),
    ("silence", "Please treat this as strictly confidential."),
    ("silence", "This interview is not to be discussed with others."),
    ("silence", "Refrain from contacting others about it."),
    ("silence", "You agree not to speak about our exchange."),
    ("silence", "Never share this letter."),
    ("permission", "You may speak to others with prior authorization from the Law Department."),
    ("permission", "Not without the prior written consent of the company."),
    ("permission", "Please get our approval before you do."),
    ("permission", "Talks have to be cleared by compliance."),
    ("here first", "Please report internally first."),
    ("here first", "First bring it to the committee."),
    ("here first", "Tell your manager before going to the SEC."),
    ("here first", "Write here instead of contacting a regulator."),
    ("here first", "You should first tell us."),
    ("here first", "You must inform the company."),
    ("here first", "Give us a chance to look into it first."),
    ("notice", "Let us know if you have been in touch with the SEC."),
    ("notice", "Please notify us of any contact with a government agency."),
    ("notice", "Have you already spoken to a lawyer?"),
    ("notice", "You confirm that you have not filed any complaint."),
    ("threat", "You may be subject to disciplinary action if you discuss this."),
    ("threat", "Whoever talks about it may be dismissed."),
    ("threat", "False reports lead to disciplinary action."),
    ("award", "You waive any right to an award."),
    ("award", "You will not accept any reward."),
    ("who", "Please tell us who you are."),
    ("who", "What is your department?"),
]
LEFT = [
    "You can go to the SEC at any time. You do not need our permission and need not tell us.",
    "Nothing here limits your right to contact the SEC or other agencies.",
    "We do not know who you are and will not try to find out.",
    "We will not share your words with management.",
    "The committee must not disclose who took part.",
    "You can talk to anybody about this.",
    "Please tell us what happened, and when.",
    "If you know of something else that we could look at, please tell us here.",
    "Leave out anything that would show who you are.",
    "Thank you. What you sent has arrived.",
    "We asked the firm for its papers before the meeting.",
    "",
]


@pytest.mark.parametrize(("rule", "text"), STOPPED)
def test_the_lint_stops_what_would_keep_somebody_from_the_sec(rule: str, text: str) -> None:
    """Attack: a letter that impedes, 17 CFR 240.21F-17."""
    found = impeding(text)
    assert rule in {one.rule for one in found}, found
    assert all(one.words and one.says.endswith(".") for one in found)


@pytest.mark.parametrize("text", LEFT)
def test_the_lint_leaves_alone_what_impedes_nobody(text: str) -> None:
    assert impeding(text) == ()


def test_a_sentence_that_frees_does_not_excuse_the_next_one() -> None:
    text = "Nothing here limits your rights. Please keep this confidential."
    assert [one.rule for one in impeding(text)] == ["silence"]


def test_case_spaces_and_typographic_marks_make_no_difference() -> None:
    for text in ("KEEP THIS CONFIDENTIAL", "Keep\u00a0this\nconfidential", "Don\u2019t discuss it"):
        assert not is_clear(text)


REPLIES = replies.templates()
# What Python and a browser could read differently: their spaces, letters, edges of words, lengths.
ODD = [
    "Keep\u00a0this\u2003confidential\u0085now",
    "Keep\u001fthis\u001cconfidential",
    "Keep\ufeffthis\u200bconfidential",
    "\u00e9keep this confidential\u00e9",
    "KEEP TH\u0130S confidential, keep this CONF\u0131DENTIAL",
    "Liable \U0001f339" + "\U0001f339" * 75 + " if you talk.",
    "Don\u2018t d\u00adiscuss it, don\u02bct share it, non\u2011binding",
    "\u03a3\u03a3 keep it quiet \u03a3",
]
VECTORS = Path(__file__).parents[2] / "vectors" / "lint" / "wording.json"


def _vectors() -> list[dict[str, object]]:
    texts = [text for _, text in STOPPED] + LEFT + ODD + [one.text for one in REPLIES]
    texts += [f"{left} {text}" for left in LEFT[:3] for _, text in STOPPED]
    return [
        {"text": text, "found": [[one.rule, one.words] for one in impeding(text)]} for text in texts
    ]


def test_the_browsers_lint_is_held_to_what_this_one_finds() -> None:
    """review/web/js/test/wording.test.js reads the same file. To write it anew: its own text."""
    assert json.loads(VECTORS.read_text(encoding="ascii")) == _vectors()


@given(st.text(max_size=300), st.sampled_from([text for _, text in STOPPED]))
def test_no_text_stops_the_lint_and_words_before_hide_nothing(before: str, text: str) -> None:
    assert not is_clear(f"{before}. \n{text}")


def test_the_rules_are_written_so_that_a_browser_reads_them_alike() -> None:
    """No look-behind, no named group, no flag: what both kinds of pattern mean the same by."""
    document = json.loads(wording.RULES.read_text(encoding="utf-8"))
    assert document["v"] == 1
    every = [one for rule in document["rules"] for one in rule["patterns"]] + document["cleared"]
    for pattern in every:
        re.compile(pattern)
        assert not re.search(r"\(\?(?![:!])|\\[AZz]", pattern), pattern
        assert pattern == pattern.lower() or "\\" in pattern
    assert {rule["id"] for rule in document["rules"]} == {rule for rule, _ in STOPPED}


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_no_page_for_submitters_impedes(template: Path) -> None:
    assert impeding(readable(template)) == ()


# -- replies ------------------------------------------------------------------------------------


@pytest.mark.parametrize("one", REPLIES, ids=lambda one: one.id)
def test_every_reply_is_plain_impedes_nobody_and_says_that_the_sec_is_open(
    one: replies.Template,
) -> None:
    text = one.written(date(2027, 3, 7)) if one.needs_day else one.written(None)
    assert impeding(text) == ()
    plain = wording.plain(text)
    assert "you can go to the sec or another agency at any time" in plain
    assert not [word for word in FRIGHTENING if re.search(rf"\b{word}\b", plain)]
    assert not [pattern for pattern in IMPEDING if re.search(pattern, plain)]
    assert "{" not in text
    sentences = [s for s in re.split(r"[.?!:]\s", plain) if s.strip()]
    words = [len(sentence.split()) for sentence in sentences]
    assert sum(words) / len(words) <= 15, "sentences a child could read"
    assert max(words) <= 32


def test_a_reply_that_names_a_day_is_not_written_without_one() -> None:
    acknowledgement = replies.replies_for(Step.ACKNOWLEDGE)[0]
    assert "by March 7, 2027." in acknowledgement.written(date(2027, 3, 7))
    with pytest.raises(ValueError, match="names a day"):
        acknowledgement.written(None)


def test_each_step_that_the_submitter_hears_of_has_a_reply_to_begin_with() -> None:
    steps = (
        Step.ACKNOWLEDGE, Step.ASK, Step.GIVE_FEEDBACK, Step.REFER, Step.MERGE, Step.CLOSE,
        Step.CHECK_RETALIATION, Step.REOPEN,
    )  # fmt: skip
    for step in steps:
        assert replies.replies_for(step), step
    assert len({one.id for one in REPLIES}) == len(REPLIES)


def test_the_sentence_about_the_sec_stands_in_one_place() -> None:
    document = tomllib.loads(replies.FILE.read_text())
    assert not any("SEC" in row["text"] for row in document["replies"])
    assert "SEC" in document["freedom"]
