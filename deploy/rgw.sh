#!/bin/bash
# The S3 server of the demo and the tests: Ceph RADOS Gateway from Debian's own packages, one copy, loopback only.
#
#   rgw.sh start|stop|kill9 DIR [PORT]     S3 on 127.0.0.1:PORT (default 18480), monitor on PORT+2;
#                                          https on PORT+1 as well if DIR/tls.pem (key + certificate) exists
#   STORE=bluestore   (default) data in a sparse file under DIR, survives kill -9
#   STORE=memstore    data in memory: for tests, starts in seconds
#   OSD_BYTES=...     size of the sparse file, default 4 GiB
#
# The keys of the users `sohoa` (the pipeline) and `portal` (reads what a bucket policy lets it) are made by the server
# itself and lie in DIR/users/<user>.json, mode 0600; no secret stands in an argument, in this file or on the terminal.
# What the daemons say is in DIR/*.out. Needs: apt-get install --no-install-recommends radosgw ceph-mon ceph-osd
#
# The recipe was found and measured for this project with Ceph 16.2.15 of Debian 12: no write that was acknowledged is lost
# when all daemons are killed. One copy (size=1) on one disk is no archive, though: production names a real Ceph cluster.
set -eu
[ $# -ge 2 ] || { echo "usage: rgw.sh start|stop|kill9 DIR [PORT]" >&2; exit 2; }
CMD=$1; umask 077; mkdir -p "$2"; D=$(cd "$2"; pwd -P); P=${3:-18480}
export CEPH_CONF=$D/ceph.conf

# Ours and running: after a reboot the number may be another program's, and a zombie (PID 1 of a container may not reap)
# still answers kill -0; neither has our CEPH_CONF in its environment.
alive() { [ -s "$D/$1.pid" ] && grep -qszxF "CEPH_CONF=$CEPH_CONF" "/proc/$(cat "$D/$1.pid")/environ"; }
wait_for() { for _ in $(seq 600); do "$@" >/dev/null 2>&1 && return; sleep .1; done; echo "rgw.sh: timeout: $*; see $D/*.out" >&2; return 1; }
listens() { bash -c "exec 3<>/dev/tcp/127.0.0.1/$1"; }
is_ours_or_free() { alive "$1" || ! listens "$2" 2>/dev/null || { echo "rgw.sh: port $2 is taken" >&2; return 1; }; }
spawn() { # NAME COMMAND...
  local name=$1; shift
  alive "$name" && return
  setsid nohup "$@" >>"$D/$name.out" 2>&1 </dev/null &
  echo $! >"$D/$name.pid"
}

stop() { # SIGNAL
  for name in rgw osd mon; do
    alive $name || continue
    kill "-$1" "$(cat "$D/$name.pid")"
    for _ in $(seq 200); do alive $name || break; sleep .1; done
    ! alive $name || { echo "rgw.sh: $name does not stop" >&2; return 1; }
  done
}

write_config() {
  local tls=; [ -s "$D/tls.pem" ] && tls="ssl_endpoint=127.0.0.1:$((P+1)) ssl_certificate=$D/tls.pem"
  # admin_socket empty: its path has a limit of 107 letters. No default encryption key: with one, copies answer 501.
  cat >"$CEPH_CONF" <<CONF
[global]
fsid = $1
mon_host = [v2:127.0.0.1:$((P+2))/0]
mon_initial_members = a
public_addr = 127.0.0.1
cluster_addr = 127.0.0.1
ms_bind_ipv6 = false
keyring = $D/keyring
run_dir = $D/run
admin_socket =
pid_file =
log_file =
log_to_stderr = true
mon_cluster_log_file = /dev/null
crash_dir = $D/run
osd_pool_default_size = 1
osd_pool_default_min_size = 1
osd_pool_default_pg_num = 4
osd_pool_default_pgp_num = 4
osd_pool_default_pg_autoscale_mode = off
osd_crush_chooseleaf_type = 0
mon_allow_pool_size_one = true
mon_max_pg_per_osd = 1000
auth_allow_insecure_global_id_reclaim = false
paxos_propose_interval = 0.05
paxos_min_wait = 0.01
mon_client_hunt_interval = 0.3
mon_client_hunt_interval_backoff = 1
$(printf 'debug_%s = 0/0\n' ms mon paxos osd bluestore bluefs bdev rocksdb rgw objclass)
[mon.a]
mon_data = $D/mon
mon_data_avail_crit = 1
[osd.0]
osd_data = $D/osd
osd_objectstore = ${STORE:-bluestore}
bluestore_block_size = ${OSD_BYTES:-4294967296}
bluestore_cache_autotune = false
bluestore_cache_size = 134217728
memstore_device_bytes = 4294967296
osd_class_load_list = *
osd_class_default_list = *
[client]
rgw_frontends = beast endpoint=127.0.0.1:$P tcp_nodelay=1 $tls
rgw_thread_pool_size = 32
rgw_data = $D/run
rgw_crypt_require_ssl = false
rgw_dynamic_resharding = false
CONF
}

make_monitor() { # FSID
  local auth=(ceph-authtool "$D/keyring" --gen-key --cap mon 'allow *')
  "${auth[@]}" -C -n mon. >/dev/null
  "${auth[@]}" --cap osd 'allow *' --cap mgr 'allow *' -n client.admin >/dev/null
  "${auth[@]}" --cap osd 'allow *' -n osd.0 >/dev/null
  monmaptool --create --clobber --fsid "$1" --addv a "[v2:127.0.0.1:$((P+2))/0]" "$D/monmap" >/dev/null
  ceph-mon -i a --mkfs --monmap "$D/monmap" --keyring "$D/keyring" >>"$D/mkfs.out" 2>&1
}

make_osd() {
  local id; id=$(cat /proc/sys/kernel/random/uuid)
  wait_for timeout 20 ceph osd new "$id" 0
  { timeout 20 ceph auth add osd.0 -i "$D/keyring"; ceph-osd -i 0 --mkfs --osd-uuid "$id"; } >>"$D/mkfs.out" 2>&1
}

make_user() {
  timeout 60 radosgw-admin user create --uid="$1" --display-name="$1" >"$D/users/$1.json" 2>>"$D/mkfs.out"
}

set_aside_half_made() { # a first start that was interrupted: nothing was ever stored in it, but nothing is deleted either
  [ -e "$D/mon" ] || return 0
  stop KILL
  local aside; aside=$D/unfinished-$(date +%s); mkdir "$aside"
  for part in mon osd run users keyring monmap ceph.conf; do [ ! -e "$D/$part" ] || mv "$D/$part" "$aside/"; done
}

start() {
  for program in radosgw ceph-mon ceph-osd radosgw-admin; do
    command -v $program >/dev/null || { echo "rgw.sh: $program is missing: apt-get install -y --no-install-recommends radosgw ceph-mon ceph-osd" >&2; return 1; }
  done
  local new=; [ -e "$D/ready" ] || new=1
  if [ $new ]; then
    set_aside_half_made
    mkdir -p "$D"/{mon,osd,run,users}
    local fsid; fsid=$(cat /proc/sys/kernel/random/uuid)
    write_config "$fsid"; make_monitor "$fsid"
  fi
  is_ours_or_free mon $((P+2)); is_ours_or_free rgw "$P"
  spawn mon ceph-mon -f -i a; wait_for listens $((P+2))
  [ ! $new ] || make_osd
  spawn osd ceph-osd -f -i 0
  if [ $new ]; then make_user sohoa; make_user portal; touch "$D/ready"; fi
  spawn rgw radosgw -f -n client.admin; wait_for listens "$P"
}

case $CMD in
  start) start ;;
  stop) stop TERM ;;
  kill9) stop KILL ;;
  *) echo "rgw.sh: unknown command $CMD" >&2; exit 2 ;;
esac
