#!/usr/bin/env bash
# Installs the phones, load generators and judges that the interop suite drives, from Debian's own archive; only what is missing.
set -eu

# command:package
peers='sipp:sip-tester baresip:baresip-core linphonec:linphone-cli sipsak:sipsak tshark:tshark dumpcap:wireshark-common
sox:sox soxi:sox ffmpeg:ffmpeg nft:nftables ip:iproute2 socat:socat mmdblookup:mmdb-bin
svmap:sipvicious multimon-ng:multimon-ng kamailio:kamailio dnsmasq:dnsmasq-base chromium:chromium
turnutils_stunclient:coturn'

missing=
for peer in $peers; do
  command -v "${peer%%:*}" >/dev/null 2>&1 || case " $missing " in
    *" ${peer##*:} "*) ;;
    *) missing="$missing ${peer##*:}" ;;
  esac
done
if [ -z "$missing" ]; then
  echo 'every peer is installed'
  exit 0
fi

if ! command -v apt-get >/dev/null 2>&1; then
  echo "not a Debian system: install these by hand:$missing" >&2
  exit 1
fi
as_root=
if [ "$(id -u)" -ne 0 ]; then
  as_root='sudo -n'
  if ! $as_root true 2>/dev/null; then
    echo "run as root: apt-get install --no-install-recommends$missing" >&2
    exit 1
  fi
fi

echo "installing:$missing"
export DEBIAN_FRONTEND=noninteractive
# shellcheck disable=SC2086 # the list is words
install() { $as_root apt-get install -y -q --no-install-recommends $missing; }
# The archive's lists may be stale or absent; ask for news only then.
install >/dev/null 2>&1 || { $as_root apt-get update -q >/dev/null && install; }
