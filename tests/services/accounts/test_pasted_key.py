import pytest

from services.accounts.pasted_key import clean_key, masked

KEY = "sk-proj-abcdefghij0123456789_-XYZ3fQ9"


@pytest.mark.parametrize(
    ("pasted", "removed"),
    [
        (KEY, ""),
        (f"  {KEY}\r\n", ""),
        (f"\u200b{KEY}\ufeff\u2029", ""),
        (f'"{KEY}"', "quotes"),
        (f"“{KEY}”", "quotes"),
        (f"`{KEY}`\n", "quotes"),
        (f"Bearer {KEY}", "“Bearer”"),
        (f"bearer Bearer {KEY}", "“Bearer”"),
        (f"Authorization: Bearer {KEY}", "“Authorization”, “Bearer”"),
        (f'-H "Authorization: Bearer {KEY}"', "“Authorization”, quotes, “Bearer”"),
        (f"export OPENAI_API_KEY={KEY}", "“OPENAI_API_KEY”"),
        (f"export OPENAI_API_KEY='{KEY}'\n", "“OPENAI_API_KEY”"),
        (f"set OPENAI_API_KEY={KEY}\r\n", "“OPENAI_API_KEY”"),
        (f'$env:OPENAI_API_KEY = "{KEY}"', "“OPENAI_API_KEY”"),
        (f"OPENAI_API_KEY={KEY}  # mine", "“OPENAI_API_KEY”"),
        (f'OPENAI_API_KEY: "{KEY}"', "“OPENAI_API_KEY”"),
        (f"api-key: {KEY}", "“api-key”"),
        (f'{{"OPENAI_API_KEY": "{KEY}"}}', "“OPENAI_API_KEY”"),
        (f'  "OPENAI_API_KEY": "{KEY}",', "“OPENAI_API_KEY”"),
        (f'{{\n  "api_key": "{KEY}",\n  "other": "x"\n}}', "“api_key”"),
        (f'const apiKey = "{KEY}";', "“apiKey”"),
    ],
)
def test_a_pasted_key_is_cleaned_and_what_was_removed_is_said(pasted: str, removed: str) -> None:
    cleaned = clean_key(pasted)
    assert cleaned.key == KEY
    assert cleaned.note == (f"Removed around the key: {removed}." if removed else "")
    assert KEY not in repr(cleaned)


@pytest.mark.parametrize("text", ["", "   ", '"', "Bearer", "export", "key", "a:b=c:", "=", "{}"])
def test_nonsense_is_no_exception(text: str) -> None:
    assert clean_key(clean_key(text).key).key is not None


@pytest.mark.parametrize("key", ["gsk_a=b==", "abc+/=", "x.y=z", "0123:456"])
def test_a_key_with_unusual_characters_stays_as_it_is(key: str) -> None:
    assert clean_key(key).key == key


@pytest.mark.parametrize(
    ("key", "shown"),
    [
        (KEY, "sk-proj-••••3fQ9"),
        ("sk-0123456789abcdef0123", "sk-••••0123"),
        ("0123456789abcdef", "••••cdef"),
        ("sk-short", "••••"),
        ("", "••••"),
    ],
)
def test_a_key_is_recognized_by_its_ends(key: str, shown: str) -> None:
    assert masked(key) == shown
