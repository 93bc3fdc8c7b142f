"""Names and values that mean something to a shell, to Go's patterns, to BuildKit's lexer or to a terminal."""

NAMES = [
    *("plain", "a b", " lead", "trail ", "$HOME", "${HOME}", "it's", 'say"hi"', "[id]", "[...slug]", "a*b", "q?"),
    *("c++", "(group)", "[id](g)", "a|b", "[a|b]", "x{1}", "^up", "[^x]", "!neg", "#hash", "<<EOF", "3<<EOF", "-dash"),
    *("--from=x", "~t", "é ü", "日本", "a,b", "a=b", "git@host:x", "http:x", "github.com", "back`tick", "a;b&c", "%20"),
    *("]x[", "a]^b", "{}[", "@scope", "$", "$$", "'", "'a", '"', "<", "<<", "[", "a[]b", "*", "**", "?", "..x", "x."),
]
# No path of a tree can hold a backslash; what quotes for a place can take it all the same.
BACKSLASHES = ["\\back\\slash", "[\\x]", "a\\"]
VALUES = [
    *("", "a b", "$HOME", "${X:-y}", "$(id)", "`id`", '"', "'", "\\", "a\\", "\\\\", "\\n", 'it\'s "x" $Y \\n', "é"),
    *("<<EOF", "#x", "a=b", " lead", "trail ", "\\$", '\\"', "'$A'", '["a"]', "-x", "~", ".", "..", "*", "%s", "&& x"),
]
COMMANDS = [
    *("cat <<\\EOF", "cat <<2", "cat <<$X", "cat <<.x", "cat 3<<é", "cat <<EOF", "cat <<-'E'", "cat << EOF", "a <<-y"),
    *('cat <<"E F"', "cat <<${X:-y}", "cat <<!", "cat <<)", "echo $((1 << 2))", "cat <<", "x <<EOF <<B", "<<EOF cat"),
]
