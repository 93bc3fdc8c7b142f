def test_only_a_line_feed_ends_a_line_of_a_diff(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes("one\rtwo\u2028three\nend\n".encode())
    diff = make_plan(tmp_path, {"a": "one\rtwo\u2028three\nnew\n"}, force=True).diff()
    assert diff.split("\n")[2:6] == ["@@ -1,2 +1,2 @@", " one\rtwo\u2028three", "-end", "+new"]
