#!/bin/sh
# The browser tests need Debian's Chromium and a Chinese font: installs them when missing, or says what is skipped.
set -eu
if ! command -v chromium >/dev/null || ! fc-list 2>/dev/null | grep -qi "noto.*cjk"; then
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo "Installing Chromium and a Chinese font for the browser tests ..."
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium fonts-noto-cjk fontconfig >/dev/null
  else
    echo "Chromium or a CJK font is missing: the browser tests are SKIPPED. On Debian: sudo apt-get install chromium fonts-noto-cjk" >&2
  fi
fi
