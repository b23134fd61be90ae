#!/bin/sh
# Creates the namespace and the search attributes that conversations use; what is there stays. Can be run again at any time.
# TEMPORAL_ADDRESS and TEMPORAL_NAMESPACE are read by the CLI itself; NAMESPACE_RETENTION is how long ended workflows stay visible.
set -eu

# A server that has just started, or a namespace that was just made, is known everywhere after some seconds.
try_for_two_minutes() {
  tries=24
  until "$@"; do
    tries=$((tries - 1))
    if [ "$tries" -eq 0 ]; then
      echo "Gave up after two minutes: $*" >&2
      exit 1
    fi
    sleep 5
  done
}

namespace_exists_or_is_created() {
  temporal operator namespace describe --namespace "$TEMPORAL_NAMESPACE" >/dev/null 2>&1 ||
    temporal operator namespace create --namespace "$TEMPORAL_NAMESPACE" --retention "$NAMESPACE_RETENTION"
}

try_for_two_minutes temporal operator cluster health
try_for_two_minutes namespace_exists_or_is_created
try_for_two_minutes temporal operator search-attribute create \
  --name PageId --type Keyword \
  --name ConversationState --type Keyword \
  --name WindowClosesAt --type Datetime \
  --name Sequences --type KeywordList \
  --name Tags --type KeywordList
