"""One Ceph mon, one osd in memory and one radosgw, all below one folder and all children of one process."""
import ctypes
import json
import os
import random
import re
import secrets
import select
import shutil
import signal
import socket
import subprocess
import sys
import time
import uuid

REGION = "us-east-1"
ROLE = "trailkeeper-delivery"
READY_SECONDS_MAX = 300


class LabError(Exception):
    pass


CONFIG = """[global]
fsid = {fsid}
mon_host = [v2:127.0.0.1:{mon_port}]
mon_initial_members = a
public_addr = 127.0.0.1
ms_bind_msgr1 = false
auth_cluster_required = cephx
auth_service_required = cephx
auth_client_required = cephx
mon_allow_pool_size_one = true
mon_warn_on_pool_no_redundancy = false
osd_pool_default_size = 1
osd_pool_default_min_size = 1
osd_pool_default_pg_num = 1
osd_pool_default_pgp_num = 1
osd_crush_chooseleaf_type = 0
osd_pool_default_pg_autoscale_mode = off
osd_objectstore = memstore
memstore_device_bytes = 2147483648
keyring = {folder}/admin.keyring
run_dir = {folder}
admin_socket =
pid_file =
log_file = {folder}/$name.log
crash_dir = {folder}
mon_data = {folder}/mon
osd_data = {folder}/osd
mon_data_avail_crit = 1
rgw_data = {folder}/rgw
rgw_s3_auth_use_sts = true
rgw_sts_key = {sts_key}
rgw_enable_usage_log = false
rgw_gc_max_objs = 1
rgw_thread_pool_size = 16
rgw_frontends = beast endpoint=127.0.0.1:{rgw_port}
rgw_lifecycle_work_time = 00:00-00:01
"""


def free_ports(count):
    """Below the ports that the system gives to connections, of which Ceph's tools make many before all is bound."""
    ports = []
    for port in random.SystemRandom().sample(range(20_000, 32_000), 1000):
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
        ports.append(port)
        if len(ports) == count:
            return ports
    raise LabError("no port is free")


def die_with_parent():
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)
    os.setpgid(0, 0)


class Lab:
    def __init__(self, folder):
        self.folder = os.path.abspath(folder)
        self.children = []
        self.config = os.path.join(self.folder, "ceph.conf")

    def path(self, *names):
        return os.path.join(self.folder, *names)

    def call(self, *command, given=None, seconds=300):
        done = subprocess.run(command, input=given, capture_output=True, text=True, timeout=seconds, check=False)
        if done.returncode != 0:
            raise LabError(f"{' '.join(command[:4])}: {done.stderr.strip()[-800:]}")
        return done.stdout

    def tool(self, name, *arguments, given=None):
        return self.call(name, "-c", self.config, *arguments, given=given)

    def spawn(self, name, *arguments):
        with open(self.path(os.path.basename(name) + ".out"), "ab") as out:
            self.children.append(subprocess.Popen([name, "-c", self.config, "-f", *arguments], stdin=subprocess.DEVNULL,
                                                  stdout=out, stderr=out, preexec_fn=die_with_parent))

    def check_children(self):
        for child in self.children:
            if child.poll() is not None:
                raise LabError(f"{child.args[0]} ended with {child.returncode}; see the logs in {self.folder}")

    def prepare(self):
        for need in ("ceph-mon", "ceph-osd", "radosgw", "radosgw-admin", "ceph-authtool", "monmaptool"):
            if shutil.which(need) is None:
                raise LabError(f"{need} is missing: apt-get install ceph-mon ceph-osd radosgw ceph-common")
        if os.path.isdir(self.folder) and os.listdir(self.folder) and not os.path.exists(self.config):
            raise LabError(f"{self.folder} holds other things; name a new or an empty folder")
        shutil.rmtree(self.folder, ignore_errors=True)
        for name in ("mon", "osd", "rgw"):
            os.makedirs(self.path(name), mode=0o700)
        self.fsid = str(uuid.uuid4())
        mon_port, self.rgw_port = free_ports(2)
        with open(self.config, "w", encoding="utf-8") as file:
            file.write(CONFIG.format(fsid=self.fsid, folder=self.folder, mon_port=mon_port, rgw_port=self.rgw_port,
                                     sts_key=secrets.token_hex(8)))
        every = ["--cap", "mon", "allow *", "--cap", "osd", "allow *", "--cap", "mgr", "allow *"]
        self.call("ceph-authtool", "-C", self.path("admin.keyring"), "-g", "-n", "client.admin", *every)
        self.call("ceph-authtool", self.path("admin.keyring"), "-g", "-n", "mon.", "--cap", "mon", "allow *")
        self.call("monmaptool", "--create", "--fsid", self.fsid, "--addv", "a", f"[v2:127.0.0.1:{mon_port}]",
                  self.path("monmap"))

    def start_mon(self):
        self.tool("ceph-mon", "--mkfs", "-i", "a", "--monmap", self.path("monmap"), "--keyring", self.path("admin.keyring"))
        self.spawn("ceph-mon", "-i", "a")

    def start_osd(self):
        osd_id = str(uuid.uuid4())
        key = self.call("ceph-authtool", "--gen-print-key").strip()
        self.tool("ceph", "osd", "new", osd_id, "-i", "-", given=json.dumps({"cephx_secret": key}))
        self.tool("ceph", "osd", "crush", "add", "osd.0", "1.0", "root=default", "host=lab")
        self.call("ceph-authtool", "-C", self.path("osd", "keyring"), "-n", "osd.0", "-a", key)
        self.tool("ceph-osd", "-i", "0", "--mkfs", "--osd-uuid", osd_id, "--keyring", self.path("osd", "keyring"))
        self.spawn("ceph-osd", "-i", "0", "--keyring", self.path("osd", "keyring"))

    def start_gateway(self):
        self.spawn("radosgw", "-n", "client.admin", "--keyring", self.path("admin.keyring"))

    def admin(self, *arguments):
        return json.loads(self.tool("radosgw-admin", *arguments) or "null")

    def user(self, name, *more):
        keys = {"access_key": "LAB" + secrets.token_hex(8).upper(), "secret_key": secrets.token_hex(20)}
        self.admin("user", "create", f"--uid={name}", f"--display-name={name}", f"--access-key={keys['access_key']}",
                   f"--secret-key={keys['secret_key']}", *more)
        return keys

    def make_accounts(self):
        vendor = self.user("vendor", "--caps=roles=*")
        customer = self.user("customer")
        trust = {"Version": "2012-10-17", "Statement": [{
            "Effect": "Allow", "Principal": {"AWS": ["arn:aws:iam:::user/vendor"]}, "Action": ["sts:AssumeRole"]}]}
        self.admin("role", "create", f"--role-name={ROLE}", "--path=/", f"--assume-role-policy-doc={json.dumps(trust)}")
        return vendor, customer

    def wait_for_gateway(self, deadline):
        while time.monotonic() < deadline:
            self.check_children()
            try:
                with socket.create_connection(("127.0.0.1", self.rgw_port), timeout=1):
                    return
            except OSError:
                time.sleep(0.1)
        raise LabError(f"radosgw was not ready in {READY_SECONDS_MAX} s; see the logs in {self.folder}")

    def bring_up(self):
        deadline = time.monotonic() + READY_SECONDS_MAX
        self.prepare()
        self.start_mon()
        self.start_osd()
        self.start_gateway()
        vendor, customer = self.make_accounts()
        self.wait_for_gateway(deadline)
        env = {"endpoint": f"http://127.0.0.1:{self.rgw_port}", "region": REGION, "vendor": vendor,
               "customer": customer, "role_arn": f"arn:aws:iam:::role/{ROLE}", "pid": os.getpid()}
        part = self.path("env.json.part")
        with open(part, "w", encoding="utf-8", opener=lambda name, flags: os.open(name, flags, 0o600)) as file:
            json.dump(env, file)
        os.rename(part, self.path("env.json"))
        return env

    def take_down(self):
        for child in reversed(self.children):
            if child.poll() is None:
                child.send_signal(signal.SIGKILL)  # nothing in memory is worth a slow stop
            child.wait()
        if os.path.exists(self.path("env.json")):
            os.remove(self.path("env.json"))


def run(folder, until_stdin_ends):
    def on_term(_number, _frame):
        raise KeyboardInterrupt

    signal.signal(signal.SIGTERM, on_term)
    lab = Lab(folder)
    try:
        print(json.dumps(lab.bring_up()), flush=True)
        while True:
            lab.check_children()
            watched = [sys.stdin] if until_stdin_ends else []
            ready, _, _ = select.select(watched, [], [], 0.5)
            if ready and not os.read(sys.stdin.fileno(), 4096):
                return
    except KeyboardInterrupt:
        pass
    finally:
        lab.take_down()


def start(folder):
    folder = os.path.abspath(folder)
    if os.path.exists(os.path.join(folder, "env.json")):
        with open(os.path.join(folder, "env.json"), encoding="utf-8") as file:
            env = json.load(file)
        if running(env["pid"]):
            print(json.dumps(env))
            return
    os.makedirs(os.path.dirname(folder), exist_ok=True)
    log = folder.rstrip("/") + ".log"
    with open(log, "wb") as out:
        child = subprocess.Popen([sys.executable, os.path.join(os.path.dirname(os.path.realpath(__file__)), "s3lab"),
                                  "run", folder, "--detached"],
                                 stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=out, start_new_session=True)
    line = child.stdout.readline()
    if not line:
        with open(log, encoding="utf-8", errors="replace") as file:
            raise LabError(re.sub(r"\s+$", "", file.read()) or "it did not start")
    print(line.decode().strip())


def running(pid):
    try:
        with open(f"/proc/{pid}/cmdline", "rb") as file:
            return b"s3lab" in file.read()
    except OSError:
        return False


def stop(folder):
    path = os.path.join(folder, "env.json")
    if not os.path.exists(path):
        return
    with open(path, encoding="utf-8") as file:
        pid = json.load(file)["pid"]
    if running(pid):
        os.kill(pid, signal.SIGTERM)
        while running(pid):
            time.sleep(0.05)
    if os.path.exists(path):
        os.remove(path)
