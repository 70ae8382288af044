import json

from tests.bench.fast_server import fast_server
from tests.bench.report import Line, Options, median_ratio, write
from tests.bench.small_uploads import measure as measure_small_uploads
from tests.bench.throughput import measure_downloads, measure_uploads

SMALL = Options(runs=1, large=1, small=4)


def test_uploads_and_downloads_are_measured_with_all_three_clients(tmp_path):
    with fast_server() as address:
        (tmp_path / "up").mkdir()
        (tmp_path / "down").mkdir()
        lines = measure_uploads(SMALL, address, tmp_path / "up")
        lines += measure_downloads(SMALL, address, tmp_path / "down")
    keys = {"upload_vs_curl", "upload_vs_sdk", "download_vs_curl", "download_vs_sdk"}
    assert {line.key for line in lines if line.key} == keys
    assert all(line.figure > 0 for line in lines)


def test_small_uploads_are_measured(tmp_path):
    with fast_server() as address:
        (line,) = measure_small_uploads(SMALL, address, tmp_path)
    assert line.key == "small_uploads_vs_sdk"
    assert line.figure > 0


def test_a_ratio_is_the_median_over_the_runs():
    assert median_ratio([2.0, 9.0, 4.0], [1.0, 1.0, 1.0]) == 4.0


def test_a_figure_is_met_within_its_bounds_only():
    assert Line("a", 1.0, at_least=1.0).met
    assert not Line("a", 0.99, at_least=1.0).met
    assert Line("a", 16, at_most=16).met
    assert not Line("a", 17, at_most=16).met


def test_figures_with_a_key_are_kept_beside_earlier_ones(tmp_path):
    file = tmp_path / "build" / "bench.json"
    write([Line("a", 1.0, key="first"), Line("told only", 3.0)], file)
    write([Line("b", 2.0, key="second")], file)
    assert json.loads(file.read_text()) == {"first": 1.0, "second": 2.0}
