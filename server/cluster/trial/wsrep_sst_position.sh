#!/bin/sh
# How a node of a trial joins: only what it has missed comes, from the other nodes, for all began as copies of one. Of a
# whole copy, which real machines make by mariadb-backup (`wsrep_sst_method`), nothing is here.
while [ $# -gt 0 ]; do
    case $1 in
        --role) role=$2; shift ;;
        --address) address=$2; shift ;;
        --gtid) position=$2; shift ;;
        --bypass) only_missed=yes ;;
    esac
    shift
done
host=${address%%[:/]*}
place="$(dirname "$0")/position-$host"
if [ "$role" = joiner ]; then
    rm -f "$place"
    echo "ready $address"
    until [ -s "$place" ]; do sleep 0.1; done
    cat "$place"
elif [ "${only_missed:-}" = yes ]; then
    echo "$position" >"$place.new"
    mv "$place.new" "$place"
    echo "done $position"
else
    echo "$host was away for too long: it needs a whole copy, which a trial does not make." >&2
    exit 1
fi
