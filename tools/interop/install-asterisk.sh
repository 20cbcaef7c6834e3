#!/usr/bin/env bash
# Unpacks Asterisk 16 for the interop suite: the last one in Debian that has both chan_sip and chan_pjsip; Debian 12 has none.
# Nothing is installed: the packages of Debian 11, its C library included, are fetched by apt from the mirror that this machine
# uses, checked against Debian's keys and taken apart in a directory of their own. It needs no root, and no chroot:
# tools/interop/src/asterisk.ts starts the program by that C library's loader. About 20 s and 200 MB, once.
#
# VATS_ASTERISK_DIR: where; by default /var/cache/vats-interop/asterisk for root, ~/.cache/vats-interop/asterisk for others.
# VATS_ASTERISK_MIRROR: a mirror of Debian that still has bullseye.
set -eu
umask 022

if [ "$(id -u)" -eq 0 ]; then cache=/var/cache; else cache=${XDG_CACHE_HOME:-$HOME/.cache}; fi
target=${VATS_ASTERISK_DIR:-$cache/vats-interop/asterisk}
mkdir -p "$(dirname "$target")"

# Two suites that start at once: the second waits and then finds it done.
exec 9>"$target.lock"
flock 9
if [ -x "$target/usr/sbin/asterisk" ]; then
  echo "Asterisk is unpacked in $target"
  exit 0
fi
for tool in apt-get dpkg-deb tar; do
  if ! command -v "$tool" >/dev/null 2>&1; then
    echo "not a Debian system ($tool is missing): put a tree with Debian 11's asterisk at VATS_ASTERISK_DIR by hand" >&2
    exit 1
  fi
done
keys=/usr/share/keyrings/debian-archive-keyring.gpg
if [ ! -r "$keys" ]; then
  echo "$keys is missing: apt-get install debian-archive-keyring" >&2
  exit 1
fi

work=$(mktemp -d "$target.XXXXXX")
trap 'rm -rf "$work"' EXIT
mkdir -p "$work"/lists/partial "$work"/cache/archives/partial "$work"/root
: >"$work/status"
# A view of the archive of its own: what this machine has installed is neither asked nor changed.
cat >"$work/apt.conf" <<CONF
Dir::Etc::sourcelist "$work/sources.list";
Dir::Etc::sourceparts "-";
Dir::State::lists "$work/lists";
Dir::State::status "$work/status";
Dir::Cache "$work/cache";
APT::Architecture "$(dpkg --print-architecture)";
APT::Install-Recommends "false";
APT::Sandbox::User "";
Acquire::Languages "none";
CONF
fetch() { # MIRROR
  echo "deb [signed-by=$keys] $1 bullseye main" >"$work/sources.list"
  APT_CONFIG=$work/apt.conf apt-get update -q -o APT::Update::Error-Mode=any &&
    APT_CONFIG=$work/apt.conf apt-get install -y -q --download-only asterisk asterisk-modules
}

own=$(apt-get indextargets --format '$(SITE)' 'Created-By: Packages' 'Origin: Debian' 'Label: Debian' 2>/dev/null | head -1)
fetched=
# The second keeps Debian's releases when the mirrors have dropped them.
for mirror in ${VATS_ASTERISK_MIRROR:-${own:-http://deb.debian.org/debian} http://archive.debian.org/debian}; do
  echo "Asterisk from $mirror"
  if fetch "$mirror" >"$work/log" 2>&1; then
    fetched=yes
    break
  fi
  tail -5 "$work/log" >&2
done
if [ -z "$fetched" ]; then
  echo "no mirror gave bullseye's asterisk: name one in VATS_ASTERISK_MIRROR" >&2
  exit 1
fi

for package in "$work"/cache/archives/*.deb; do
  dpkg-deb --fsys-tarfile "$package" | tar -x -C "$work/root" --no-same-owner \
    --exclude='./dev/*' --exclude='./usr/share/doc' --exclude='./usr/share/man' --exclude='./usr/share/locale' \
    --exclude='./usr/share/zoneinfo' --exclude='./usr/lib/python*' --exclude='./usr/lib/gcc'
done
# Last, so that a tree with the program in it is a whole one.
rm -rf "$target"
mv "$work/root" "$target"
echo "Asterisk is unpacked in $target"
