#!/bin/sh
# The Spark tests need a Java runtime: installs one when missing, or says what is skipped.
set -eu
if ! command -v java >/dev/null; then
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo "Installing a Java runtime for the Spark tests ..."
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq default-jre-headless >/dev/null
  else
    echo "Java is missing: the Spark tests are SKIPPED. On Debian: sudo apt-get install default-jre-headless" >&2
  fi
fi
