from services.problems.content_errors import invalid_pattern


def test_the_place_in_a_pattern_is_told_if_it_is_known() -> None:
    reason = "unterminated group"
    assert "character 3" in invalid_pattern(reason, 2).advice
    assert "character" not in invalid_pattern(reason, None).advice
    assert reason in invalid_pattern(reason, 2).advice
    assert reason in invalid_pattern(reason, None).advice
