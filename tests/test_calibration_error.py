"""The expected calibration error, against sums made by hand, and in the scores."""

import dataclasses
from pathlib import Path

import pytest

from khabar.annotated import parse_annotated
from khabar.calibration_error import expected_calibration_error
from khabar.card import record_evaluation
from khabar.metrics import evaluate
from khabar.pages import Page


def test_mean_gap_of_score_and_accuracy_over_bins() -> None:
    # bin (0.8, 0.9]: three answers, mean score 0.87, two right; bin (0.3, 0.4]: one answer of 0.4, wrong
    scored = [(0.85, True), (0.9, True), (0.86, False), (0.4, False)]
    assert expected_calibration_error(scored) == pytest.approx(3 / 4 * (0.87 - 2 / 3) + 1 / 4 * 0.4)


def test_within_a_bin_the_gaps_cancel_out() -> None:
    assert expected_calibration_error([(0.75, True), (0.75, True), (0.75, True), (0.75, False)]) == pytest.approx(0)
    # 0.7 closes the bin below 0.75's
    assert expected_calibration_error([(0.7, True), (0.75, False)]) == pytest.approx((0.3 + 0.75) / 2)


@pytest.mark.parametrize(
    ("scored", "error"), [([], None), ([(0.0, False)], 0.0), ([(1.0, True)], 0.0), ([(1.0, False), (0.0, True)], 1.0)]
)
def test_ends(scored: list[tuple[float, bool]], error: float | None) -> None:
    assert expected_calibration_error(scored) == error


GOLD = parse_annotated("R|أعلنت <A>وزارة الصحة</A> في <L>حلب</L>\nB|اقرأ <A>سوريا</A>", page_id="p")


def with_scores(annotation: str, spans: list[float | None], paragraphs: list[float | None]) -> Page:
    page = parse_annotated(annotation, page_id="p")
    page.spans = [dataclasses.replace(span, score=s) for span, s in zip(page.spans, spans, strict=True)]
    page.paragraphs = [dataclasses.replace(p, score=s) for p, s in zip(page.paragraphs, paragraphs, strict=True)]
    return page


def test_spans_of_report_paragraphs_and_paragraphs() -> None:
    # the span of the boilerplate paragraph (wrong, sure) is no span of a report paragraph
    page = with_scores("R|أعلنت <A>وزارة</A> الصحة في <L>حلب</L>\nR|<L>اقرأ</L> سوريا", [0.6, 0.9, 1.0], [0.95, 0.55])
    scores = evaluate([page], [GOLD])
    assert scores.calibration_error() == pytest.approx({"spans": (0.6 + 0.1) / 2, "paragraphs": (0.05 + 0.55) / 2})
    assert scores.to_dict()["calibration_error"] == {"spans": 0.35, "paragraphs": 0.3}
    assert str(scores).splitlines()[-1] == "expected calibration error of scores: spans 0.350, paragraphs 0.300"


def test_a_paragraph_cut_otherwise_is_right_by_what_it_shares_most_with() -> None:
    scores = evaluate([with_scores("R|أعلنت وزارة\nR|الصحة في حلب\nB|اقرأ سوريا", [], [0.8, 1.0, 0.9])], [GOLD])
    assert scores.calibration_error()["paragraphs"] == pytest.approx((0.2 + 0 + 0.1) / 3)


def test_without_scores_there_is_none() -> None:
    scores = evaluate([GOLD], [GOLD])
    assert scores.to_dict()["calibration_error"] == {"spans": None, "paragraphs": None}
    assert "calibration" not in str(scores)
    # those without a score are left out («report» where no source voted)
    partly = evaluate([with_scores("R|أعلنت وزارة الصحة في حلب\nR|اقرأ سوريا", [], [1.0, None])], [GOLD])
    assert partly.calibration_error() == {"spans": None, "paragraphs": 0.0}


def test_model_card(tmp_path: Path) -> None:
    (tmp_path / "training.yaml").write_text("{encoder: tiny, data: {}, training: {}}")
    (tmp_path / "metrics.json").write_text('{"validation": null, "data": {}, "seconds": 1}')
    scores = evaluate([with_scores("R|أعلنت وزارة الصحة في حلب\nB|اقرأ سوريا", [], [0.8, 0.9])], [GOLD]).to_dict()
    record_evaluation(tmp_path, "with scores", scores)
    # as recorded by a version that did not measure it
    record_evaluation(tmp_path, "older", {name: scores[name] for name in scores if name != "calibration_error"})
    lines = (tmp_path / "README.md").read_text("utf-8").splitlines()
    cells = {line.split()[1]: line.strip("| ").split(" | ")[-1] for line in lines if line.startswith("| ")}
    assert cells == {"pages": "calibration error", "with": "–, 0.150", "older": "–, –"}
