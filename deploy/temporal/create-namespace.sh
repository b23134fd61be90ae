#!/bin/sh
# Creates the namespace and the search attributes of conversations, unless they exist. Idempotent.
# The CLI reads TEMPORAL_ADDRESS and TEMPORAL_NAMESPACE itself; closed workflows stay visible for NAMESPACE_RETENTION.
set -eu

# After a server has started or a namespace was created, it takes some seconds until every part of the server knows it.
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
