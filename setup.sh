#!/usr/bin/env bash
# One entry for people and CI. Every command first sees to it that .venv is complete.
set -euo pipefail

# Prints the folder that this file is in, whatever links led to it.
project_folder() {
    local file=${BASH_SOURCE[0]} target
    while [ -L "$file" ]; do
        target=$(readlink -- "$file")
        case $target in /*) file=$target ;; *) file=$(dirname -- "$file")/$target ;; esac
    done
    dirname -- "$file"
}
CDPATH='' cd -P -- "$(project_folder)"

usage() {
    cat <<'TEXT'
Usage: ./setup.sh COMMAND [ARGUMENTS]

  new [ARGS]        ask what you want to hold, and write a configuration
  dry-run [ARGS]    let a bot trade on a local exchange at speed, simulated, and watch it
  trade [ARGS]      start the bot on your exchange, after a look at what it will buy
  backtest [ARGS]   back-test the strategy against a local exchange, without a network
  hyperopt [ARGS]   optimise its period and threshold, likewise
  check             format, lint, types and the quick tests of the pure parts: before each commit
  test [ARGS]       the same with all tests; with ARGS only pytest, run with ARGS
  data [ARGS]       download candles for config.json or --config FILE
  status, journal, preview, now, pause, resume, summary, report, assets, explore, lookahead, cross,
                    schema
                    the other commands of .venv/bin/rebalance, whose --help says what they do
  bench [ARGS]      measure what the strategy costs in backtests
  bench-live [ARGS] measure what it costs in a trading bot's loop
  campaign [ARGS]   trade through random trouble on a local exchange; --seeds 200 is the whole of it
  versions [V ...]  back-test with other versions of freqtrade, in an environment each
  freqtrade [ARGS]  freqtrade itself

The first command makes the environment in .venv: Python 3.11 or newer and a network are
needed once, uv is used when it is there. PYTHON=... chooses the interpreter.
Files named in ARGUMENTS are sought from where you are; without any, they are those of this folder.
TEXT
}

main() {
    local command=${1:-help}
    if (($#)); then shift; fi
    place_files "$@"
    set -- ${placed[@]+"${placed[@]}"}
    case $command in
        new | data | dry-run | trade | backtest | hyperopt | lookahead | cross | summary | report | \
            assets | explore | preview | status | journal | now | pause | resume | schema)
            run python -m rebalancing "$command" "$@"
            ;;
        check) check --numprocesses 2 -m 'core and not slow' --hypothesis-profile quick tests/core ;;
        test)
            if (($#)); then run python -m pytest "$@"; fi
            # Much of the time is waiting for processes: more of them than cores. What a file's
            # tests share is made once, as they are all given to one of them.
            check --numprocesses 6 --dist loadfile --no-loadscope-reorder
            ;;
        bench) run python -m tests.benchmark "$@" ;;
        bench-live) run python -m tests.benchmark.live "$@" ;;
        campaign) run python -m tests.campaign "$@" ;;
        versions) run python -m tests.versions "$@" ;;
        freqtrade) run freqtrade "$@" ;;
        help | -h | --help) usage ;;
        *) fail "there is no command '$command'; ./setup.sh --help lists them" 2 ;;
    esac
}

# --- commands -------------------------------------------------------------------------------

run() {
    ensure_environment
    local program=$1
    shift
    exec ".venv/bin/$program" "$@"
}

# check ARGUMENT...: format, lint and types, and then pytest, run with ARGUMENTS.
check() {
    ensure_environment
    # Hundreds of processes would compile the project, and each worker all tests, again and again.
    unset PYTHONDONTWRITEBYTECODE
    .venv/bin/ruff format --check
    .venv/bin/ruff check
    .venv/bin/mypy
    exec .venv/bin/python -m pytest "$@"
}

# Options whose value is a file or a folder.
file_options='config|datadir|data-dir|userdir|user-data-dir|backtest-directory|export-directory'
file_options+='|backtest-filename|export-filename|strategy-path|hyperopt-path|freqaimodel-path'
file_options+='|pairs-file|logfile|log-file|output|csv|ledger|keys|overlay|policies|write'

# place_files ARGUMENT...: leaves the arguments in `placed`. Files are sought from where the user is,
# and the commands run in this folder: where the two differ, the paths among them become absolute.
place_files() {
    local argument previous='' from=${OLDPWD%/}/
    placed=("$@")
    [ "$OLDPWD" != "$PWD" ] || return 0
    placed=()
    for argument; do
        if [[ $previous =~ ^(-[cdo]|--($file_options))$ ]]; then
            [[ $argument =~ ^(/|-$) ]] || argument=$from$argument
        elif [[ $argument =~ ^(--($file_options)=|-[cd])([^/].*)$ ]]; then
            argument=${BASH_REMATCH[1]}$from${BASH_REMATCH[3]}
        fi
        placed+=("$argument")
        previous=$argument
    done
}

# --- environment ----------------------------------------------------------------------------

log=setup.log
worker='' # the process group of the phase under way
ticker='' # the process that prints its dots
half_made=''
lock_file=.venv.lock
mark=.venv/made-by-setup.sh
held_link=''

ensure_environment() {
    if packages_ready && project_ready; then return; fi
    trap 'tidy_up' EXIT
    trap 'exit 129' HUP
    trap 'exit 130' INT
    trap 'exit 143' TERM
    take_lock
    : >"$log"
    packages_ready || install_everything
    project_ready || install_project
    trap - EXIT HUP INT TERM
    release_lock
}

install_everything() {
    local python
    python=$(find_python)
    refuse_foreign_environment
    half_made=yes
    [ ! -e .venv ] || phase 'removing an outdated or unfinished .venv' remove_environment
    mkdir .venv
    : >"$mark"
    if has uv; then
        phase "making .venv with uv and $python" uv venv --allow-existing --python "$python" .venv
    else
        phase "making .venv with $python" "$python" -m venv .venv
    fi
    phase "installing $(grep -c == requirements.txt) packages" install_packages
    phase 'compiling them' compile_packages
    stamp packages requirements.txt
    half_made=''
}

# What this script makes bears its mark from the beginning to the end, so that it removes nothing
# else: neither somebody's own .venv nor what a link leads to.
refuse_foreign_environment() {
    local place=$PWD/.venv
    if [ -L .venv ]; then
        fail "$place is a link to $(readlink -- .venv) that setup.sh did not make; remove the link" 2
    fi
    if [ -e "$mark" ] || [ ! -e .venv ] || rmdir .venv 2>/dev/null; then return; fi
    [ -e .venv/packages.stamp ] ||
        fail "$place was not made by setup.sh and is in its way; move or remove it" 2
    : >"$mark" # version 0.1.0 left its stamp only
}

# The mark goes last: what an interrupted removal leaves still bears it.
remove_environment() {
    local entry
    for entry in .venv/* .venv/.[!.]*; do
        [ "$entry" = "$mark" ] || rm -rf -- "$entry"
    done
    rm -rf .venv
}

# One package comes as source only. It is built by the setuptools of the lock, hence two steps.
install_packages() {
    awk '/^[^ #]/ { wanted = /^setuptools==/ } wanted' requirements.txt >.venv/setuptools.txt
    install --require-hashes -r .venv/setuptools.txt
    install --require-hashes -r requirements.txt
}

# Without bytecode freqtrade takes four times as long to start, and the caller may forbid Python
# to write it. Nobody imports the packages' own tests, a quarter of all. Packages carry templates
# that do not compile; that is no failure.
compile_packages() {
    unset PYTHONDONTWRITEBYTECODE
    .venv/bin/python -m compileall -q -j 0 -x '/tests?/' .venv/lib || true
}

install_project() {
    phase 'installing the project' install --editable .
    stamp project pyproject.toml
}

install() {
    if has uv; then
        uv pip install --python .venv/bin/python --no-deps --no-build-isolation "$@"
    else
        .venv/bin/python -m pip install --disable-pip-version-check --no-input --no-compile \
            --progress-bar off --no-deps --no-build-isolation "$@"
    fi
}

# A stamp is written last, so an interrupted step leaves none. It holds all the step depends on.
packages_ready() { is_stamped packages requirements.txt; }
project_ready() { is_stamped project pyproject.toml; }
stamp() { fingerprint "$2" >".venv/$1.stamp"; }

is_stamped() {
    [ -x .venv/bin/python ] && [ -r ".venv/$1.stamp" ] &&
        [ "$(cat ".venv/$1.stamp")" = "$(fingerprint "$2" 2>/dev/null)" ]
}

# An environment holds absolute paths, so the place counts too. A PYTHON that is asked for must be
# the one in use.
fingerprint() {
    {
        pwd -P
        "${PYTHON:-.venv/bin/python}" -I -S -c 'import sys; print(sys.version)'
        cat "$1"
    } | cksum
}

# Prints the interpreter itself, not the shim or the environment (maybe ours) that led to it.
find_python() {
    local candidate modules=sys
    has uv || modules='sys, ensurepip'
    for candidate in ${PYTHON:+"$PYTHON"} python3.13 python3.12 python3.11 python3; do
        if "$candidate" -I -c "
import $modules
if sys.version_info < (3, 11): sys.exit(1)
print(sys._base_executable)" 2>/dev/null; then
            return
        fi
        [ -z "${PYTHON:-}" ] || fail "PYTHON=$PYTHON does not run, is older than 3.11 or has no venv"
    done
    fail 'no Python 3.11 or newer with venv found; install one (Debian: python3 and python3-venv)'
}

# --- one phase at a time --------------------------------------------------------------------

# phase TITLE COMMAND...: runs it with its output in the log, in a process group of its own so
# that an interrupted set-up can stop all of it.
phase() {
    local title=$1 started=$SECONDS status=0
    shift
    printf 'setup.sh: %s ' "$title" >&2
    set -m
    ("$@") </dev/null >>"$log" 2>&1 &
    worker=$!
    set +m
    if [ -n "$held_link" ]; then echo "$worker" >>"$lock_file"; fi
    print_dots 9>&- &
    ticker=$!
    wait "$worker" || status=$?
    worker=''
    stop_ticker
    if ((status)); then
        printf ' failed, see %s (a first set-up needs a network)\n' "$PWD/$log" >&2
        exit 1
    fi
    printf ' %s s\n' $((SECONDS - started)) >&2
}

print_dots() {
    trap - EXIT HUP INT TERM
    while sleep 2 && kill -0 $$ 2>/dev/null; do printf '.' >&2; done
}

stop_ticker() {
    [ -n "$ticker" ] || return 0
    kill "$ticker" 2>/dev/null || true
    wait "$ticker" 2>/dev/null || true
    ticker=''
}

tidy_up() {
    local status=$?
    trap '' HUP INT TERM
    stop_ticker
    if [ -n "$worker" ]; then
        kill -TERM -- "-$worker" 2>/dev/null || true
        wait "$worker" 2>/dev/null || true
        printf ' interrupted\n' >&2
    fi
    if [ -n "$half_made" ]; then remove_environment; fi
    release_lock
    exit "$status"
}

# --- one set-up at a time -------------------------------------------------------------------

# The lock passes to the phase under way, so that one outliving a killed set-up still holds it:
# flock by the inherited descriptor, the fall-back by listing its process in the file.
take_lock() {
    if has flock; then
        exec 9>"$lock_file"
        flock -n 9 || { say 'waiting for another set-up' && flock 9; }
        return
    fi
    local waited=''
    echo $$ >"$lock_file.$$"
    until ln "$lock_file.$$" "$lock_file" 2>/dev/null; do
        if lock_is_stale; then
            rm -f "$lock_file"
            continue
        fi
        [ -n "$waited" ] || say 'waiting for another set-up'
        waited=yes
        sleep 1
    done
    held_link="$lock_file.$$"
}

lock_is_stale() {
    local process
    while read -r process; do
        if kill -0 "$process" 2>/dev/null; then return 1; fi
    done 2>/dev/null <"$lock_file"
}

release_lock() {
    if [ -n "$held_link" ]; then
        rm -f "$lock_file" "$held_link"
        held_link=''
    else
        exec 9>&-
    fi
}

# --- words ----------------------------------------------------------------------------------

has() { command -v "$1" >/dev/null 2>&1; }
say() { printf 'setup.sh: %s\n' "$*" >&2; }

fail() {
    say "$1"
    exit "${2:-1}"
}

main "$@"
