# Written by `kendrawatch help --completion bash` from agent/command/command_list.h; a test compares.
_kendrawatch()
{
	local cur=${COMP_WORDS[COMP_CWORD]} command=${COMP_WORDS[1]-} words=
	COMPREPLY=()
	if [ "$COMP_CWORD" -le 1 ]; then
		words="--help --version scan check test explain new tune backtest fields coverage list alerts outbox init doctor run audit timeline ledger verify reload state version help"
		mapfile -t COMPREPLY < <(compgen -W "$words" -- "$cur")
		return
	fi
	case "$command" in
	scan) words="--help --config --rules --add-rules --lists --output --all --no-dedup --jobs --fail-on --strict" ;;
	check) words="--help --config --lists --format --output --notes --portable --ignore --fail-on --strict --explain" ;;
	test) words="--help --output --quiet --junit --watch --mutate --fail-on-survivors" ;;
	explain) words="--help --config --rules --add-rules --lists --state --all --limit --output" ;;
	new) words="--help --from --api --as --config --state" ;;
	tune) words="--help --owner --until --reason --config --rules --add-rules --lists --state" ;;
	backtest) words="--help --config --rules --add-rules --lists --since --until --base --budget --pager --jobs --html --output" ;;
	fields) words="--help --config --state" ;;
	coverage) words="--help --config --rules --add-rules --lists --navigator --output" ;;
	list) words="--help --config --rules --add-rules --lists --output --state" ;;
	alerts) words="--help --config --state --since --level --limit --output list show tail" ;;
	outbox) words="--help --config --state --output list dead retry drop" ;;
	init) words="--help --trail --queue --to --dir --offline --out --force" ;;
	doctor) words="--help --config --trail --offline --iam --for --bucket --kms-key --output" ;;
	run) words="--help --config --rules --add-rules --strict --check" ;;
	audit) words="--help --config --rules --add-rules --lists --state" ;;
	timeline) words="--help --config --rules --add-rules --lists --state --around --output" ;;
	ledger) words="--help --config --state --since --html --output" ;;
	verify) words="--help --keys --since --until --allow --profile --region --output" ;;
	reload) words="--help --config --state" ;;
	state) words="--help --config --state --output info backup restore export" ;;
	version) words="--help" ;;
	help) words="--help --man --completion" ;;
	esac
	case "$command:${COMP_WORDS[COMP_CWORD-1]}" in
	scan:--output | \
	scan:--jobs | \
	scan:--fail-on | \
	check:--format | \
	check:--output | \
	check:--ignore | \
	check:--fail-on | \
	check:--explain | \
	test:--output | \
	explain:--limit | \
	explain:--output | \
	new:--from | \
	new:--api | \
	new:--as | \
	tune:--owner | \
	tune:--until | \
	tune:--reason | \
	backtest:--since | \
	backtest:--until | \
	backtest:--base | \
	backtest:--budget | \
	backtest:--pager | \
	backtest:--jobs | \
	backtest:--output | \
	coverage:--output | \
	list:--output | \
	list:--state | \
	alerts:--since | \
	alerts:--level | \
	alerts:--limit | \
	alerts:--output | \
	outbox:--output | \
	init:--trail | \
	init:--queue | \
	init:--to | \
	doctor:--trail | \
	doctor:--for | \
	doctor:--bucket | \
	doctor:--kms-key | \
	doctor:--output | \
	timeline:--around | \
	timeline:--output | \
	ledger:--since | \
	ledger:--output | \
	verify:--since | \
	verify:--until | \
	verify:--allow | \
	verify:--profile | \
	verify:--region | \
	verify:--output | \
	state:--output | \
	help:--completion) return ;;
	esac
	mapfile -t COMPREPLY < <(compgen -W "$words" -- "$cur")
	if [ "${cur:0:1}" != - ]; then
		local files
		mapfile -t files < <(compgen -f -- "$cur")
		COMPREPLY+=("${files[@]}")
		compopt -o filenames 2>/dev/null
	fi
}
complete -F _kendrawatch kendrawatch
