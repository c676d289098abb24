/* Forms of `kendrawatch check --format`: REPORT(function, "name", "help"). */
REPORT(text, "text", "each fault with its source line and a caret")
REPORT(short, "short", "one line a fault, as compilers print it")
REPORT(json, "json", "one array of objects")
REPORT(ndjson, "ndjson", "one object a line")
REPORT(sarif, "sarif", "SARIF 2.1.0, for code scanning")
REPORT(github, "github", "workflow commands, which GitHub shows beside the lines")
