#!/bin/sh
# Installs the lifecycle and the template of the log in Elasticsearch, and a data view in Kibana.
# ELASTICSEARCH_URL is required; without KIBANA_URL there is no data view.
set -eu
here=$(dirname "$0")

put() {
  curl --fail --silent --show-error --retry 20 --retry-all-errors --retry-delay 3 \
    -X PUT -H 'Content-Type: application/json' --data @"$here/$1" "$ELASTICSEARCH_URL/$2"
  echo
}

put lifecycle-policy.json _ilm/policy/ostiary-logs
put index-template.json _index_template/ostiary-logs

if [ -n "${KIBANA_URL:-}" ]; then
  curl --fail --silent --show-error --retry 60 --retry-all-errors --retry-delay 3 \
    -X POST -H 'Content-Type: application/json' -H 'kbn-xsrf: setup' \
    --data @"$here/data-view.json" "$KIBANA_URL/api/data_views/data_view"
  echo
fi
