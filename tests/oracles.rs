//! Parsers held against what is not their authors' eye: the same command's own JSON, files of `/proc`, and the calls that a program makes.
//!
//! Where a command is not installed its test says so and ends; with `OUTPARSE_TEST_ALL=1` it fails instead. Where nothing forbids it,
//! the network is one of its own with interfaces, addresses and routes of many kinds.

#![allow(missing_docs, clippy::unwrap_used, clippy::panic, clippy::print_stderr, reason = "a test")]

use std::collections::BTreeMap;
use std::fs;
use std::net::TcpListener;
use std::os::unix::fs::{MetadataExt, symlink};
use std::path::Path;
use std::process::Command;

use chrono::{DateTime, FixedOffset};
use common::Sleeper;
use random::Random;
use serde_json::{Value, json};

mod common;
#[allow(dead_code, reason = "numbers are all that is needed here")]
#[path = "properties/random.rs"]
mod random;

const PROGRAM: &str = env!("CARGO_BIN_EXE_outparse");

/// What makes a network with something of everything.
const NETWORK: &str = "
    ip link set lo up
    ip link add v0 type veth peer name v1
    ip link add br0 type bridge
    ip link set v1 mtu 1400 up
    ip link set v0 up
    ip address add 192.0.2.1/24 brd + dev v0 label v0:a
    ip address add 10.1.0.1 peer 10.1.0.2/32 dev v1
    ip address add 2001:db8::1/64 dev v0 nodad
    ip route add 198.51.100.0/24 via 192.0.2.9 dev v0 metric 50
    ip route add blackhole 203.0.113.0/24
    ip route add 203.0.114.0/24 nexthop via 192.0.2.7 dev v0 weight 2 nexthop via 10.1.0.2 dev v1 weight 1
    ip neigh add 192.0.2.50 lladdr 02:00:00:00:00:01 dev v0 nud permanent
    ip rule add from 192.0.2.0/24 table 100 priority 1000
    ip rule add uidrange 0-99 ipproto tcp dport 80-90 sport 7 lookup main suppress_prefixlength 8
";

/// Where commands of the system are, for users whose own path has not all of them.
fn path() -> String {
    format!("{}:/usr/sbin:/sbin", std::env::var("PATH").unwrap())
}

fn has(program: &str) -> bool {
    common::has(path().split(':').any(|folder| Path::new(folder).join(program).is_file()), &format!("`{program}`"))
}

/// What a shell script prints, without what it complains about.
fn shell(script: &str, folder: &Path) -> String {
    let run = Command::new("sh")
        .args(["-c", script])
        .current_dir(folder)
        .env("LC_ALL", "C.UTF-8")
        .env("PATH", path())
        .output()
        .unwrap();
    assert!(run.status.success(), "{script}: {}", String::from_utf8_lossy(&run.stderr));
    String::from_utf8(run.stdout).unwrap()
}

fn json_of(text: &str) -> Vec<Value> {
    match serde_json::from_str(text).unwrap() {
        Value::Array(items) => items,
        other => vec![other],
    }
}

/// Our records of a command that runs in this folder.
fn records(arguments: &[&str], folder: &Path) -> Vec<Value> {
    let run = Command::new(PROGRAM)
        .args(["--format", "json"])
        .args(arguments)
        .current_dir(folder)
        .env("PATH", path())
        .output()
        .unwrap();
    assert!(run.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&run.stderr));
    json_of(str::from_utf8(&run.stdout).unwrap())
}

/// Holds values of ours, by the paths of their fields, against another's.
fn compare(what: &str, ours: &[Value], theirs: &[Value], fields: &[(&str, &str)]) {
    assert_eq!(ours.len(), theirs.len(), "{what}: {ours:#?}\n{theirs:#?}");
    if theirs.is_empty() {
        return;
    }
    let mut held = 0;
    for (ours, theirs) in ours.iter().zip(theirs) {
        for (our, their) in fields {
            let (one, other) = (at(ours, our), at(theirs, their));
            assert!(same(one, other), "{what}: {our} is {one:?}, and {their} is {other:?}, in\n{ours}\n{theirs}");
            held += usize::from(one.is_some_and(|value| !value.is_null()));
        }
    }
    assert!(held > 0, "{what}: nothing was held against anything");
}

fn at<'a>(value: &'a Value, path: &str) -> Option<&'a Value> {
    path.split('/').try_fold(value, |value, name| value.get(name))
}

/// Whether two values are the same but for how they are written: null and nothing, a number and its digits, a list and its words.
fn same(one: Option<&Value>, other: Option<&Value>) -> bool {
    match (one, other) {
        (None | Some(Value::Null), None | Some(Value::Null)) => true,
        (Some(Value::Array(items)), Some(Value::String(text))) => items.iter().map(Value::as_str).eq(text.split(',').map(Some)),
        (Some(Value::Array(items)), None | Some(Value::Null)) => items.is_empty(),
        (Some(Value::Array(one)), Some(Value::Array(other))) => {
            let known: Vec<_> = other.iter().filter(|item| !item.is_null()).collect();
            one.len() == known.len() && one.iter().zip(known).all(|(one, other)| same(Some(one), Some(other)))
        }
        (None | Some(Value::Null), Some(Value::Array(items))) => items.iter().all(Value::is_null),
        (Some(one @ Value::Number(_)), Some(Value::String(text))) => one.as_f64() == text.trim_end_matches('%').parse().ok(),
        (Some(Value::String(text)), Some(other @ Value::Number(_))) => other.as_f64() == text.parse().ok(),
        (Some(Value::Number(one)), Some(Value::Number(other))) => one.as_f64() == other.as_f64(),
        (Some(one), Some(other)) => one == other,
        _ => false,
    }
}

fn time(value: &Value) -> DateTime<FixedOffset> {
    DateTime::parse_from_rfc3339(value.as_str().unwrap()).unwrap()
}

/// Both sides of an object of `ip`, in a network of its own where that is allowed.
fn ip(arguments: &str) -> (Vec<Value>, Vec<Value>) {
    in_network(&format!("'{PROGRAM}' --format json ip {arguments}; ip -j {arguments}"))
}

/// Two lists of JSON that commands print in that network.
fn in_network(both: &str) -> (Vec<Value>, Vec<Value>) {
    let own = Command::new("unshare").args(["-n", "true"]).output().is_ok_and(|run| run.status.success());
    // The counters and lifetimes of what runs change between two runs: the network is quiet once its addresses are settled.
    let settle = "for _ in 1 2 3 4 5 6 7 8 9 10; do ip address | grep -q tentative || break; sleep 0.5; done";
    let text = if own {
        shell(&format!("unshare -n sh -c '{}'", format!("{NETWORK}\n{settle}\n{both}").replace('\'', r"'\''")), Path::new("/"))
    } else {
        shell(both, Path::new("/"))
    };
    let mut documents = serde_json::Deserializer::from_str(&text).into_iter::<Value>().map(Result::unwrap);
    let mut next = || documents.next().unwrap().as_array().unwrap().clone();
    (next(), next())
}

#[test]
fn interfaces_are_as_ip_has_them_in_json() {
    if !has("ip") {
        return;
    }
    for arguments in ["-s address", "-d link", "-4 address", "-o link"] {
        let (ours, theirs) = ip(arguments);
        let theirs: Vec<Value> = theirs.into_iter().filter(|one| one.get("ifname").is_some()).collect();
        let fields = [
            ("index", "ifindex"),
            ("interface", "ifname"),
            ("parent", "link"),
            ("flags", "flags"),
            ("mtu", "mtu"),
            ("queue_discipline", "qdisc"),
            ("state", "operstate"),
            ("queue_length", "txqlen"),
        ];
        compare(arguments, &ours, &theirs, &fields);
        if arguments.contains("address") {
            let addresses = |side: &[Value], name: &str| -> Vec<Value> {
                side.iter().filter_map(|one| one.get(name)?.as_array()).flatten().cloned().collect()
            };
            // In JSON, `local` is the address, and `address` its peer.
            let fields = [
                ("family", "family"),
                ("address", "local"),
                ("peer", "address"),
                ("prefix_length", "prefixlen"),
                ("broadcast", "broadcast"),
                ("scope", "scope"),
                ("label", "label"),
            ];
            compare(arguments, &addresses(&ours, "addresses"), &addresses(&theirs, "addr_info"), &fields);
        }
        if arguments == "-s address" {
            let fields = [
                ("mac_address", "address"),
                ("mac_broadcast", "broadcast"),
                ("link_type", "link_type"),
                ("rx_errors", "stats64/rx/errors"),
                ("rx_dropped", "stats64/rx/dropped"),
                ("rx_multicast", "stats64/rx/multicast"),
                ("tx_errors", "stats64/tx/errors"),
                ("tx_carrier_errors", "stats64/tx/carrier_errors"),
                ("tx_collisions", "stats64/tx/collisions"),
            ];
            compare(arguments, &ours, &theirs, &fields);
        }
    }
}

#[test]
fn routes_rules_and_neighbours_are_as_ip_has_them_in_json() {
    if !has("ip") {
        return;
    }
    let route = [
        ("destination", "dst"),
        ("type", "type"),
        ("gateway", "gateway"),
        ("interface", "dev"),
        ("protocol", "protocol"),
        ("scope", "scope"),
        ("source", "prefsrc"),
        ("metric", "metric"),
        ("flags", "flags"),
    ];
    for arguments in ["route", "route show table all", "-4 route show table local"] {
        let (ours, theirs) = ip(arguments);
        compare(arguments, &ours, &theirs, &route);
        for (ours, theirs) in ours.iter().zip(&theirs) {
            let hops = |one: &Value, name: &str| one.get(name).and_then(Value::as_array).cloned().unwrap_or_default();
            let (ours, theirs) = (hops(ours, "next_hops"), hops(theirs, "nexthops"));
            if !theirs.is_empty() {
                compare(arguments, &ours, &theirs, &[("gateway", "gateway"), ("interface", "dev"), ("weight", "weight")]);
            }
        }
    }
    let (ours, mut theirs) = ip("rule");
    for rule in &mut theirs {
        if let (Some(source), Some(length)) = (rule["src"].as_str(), rule["srclen"].as_i64()) {
            rule["src"] = json!(format!("{source}/{length}"));
        }
    }
    compare("rule", &ours, &theirs, &[("priority", "priority"), ("source", "src"), ("table", "table")]);
    let (ours, mut theirs) = ip("neigh");
    for neighbour in &mut theirs {
        neighbour["state"] = neighbour["state"][0].take();
    }
    let fields = [("address", "dst"), ("interface", "dev"), ("mac_address", "lladdr"), ("state", "state")];
    compare("neigh", &ours, &theirs, &fields);
}

/// A value without the fields that are null or empty: in which of them there are columns, the two forms differ.
fn said(value: Value) -> Value {
    let is_said = |value: &Value| !(value.is_null() || value == &json!([]) || value == &json!({}));
    match value {
        Value::Array(items) => items.into_iter().map(said).collect(),
        Value::Object(fields) => {
            fields.into_iter().map(|(name, value)| (name, said(value))).filter(|(_, value)| is_said(value)).collect()
        }
        other => other,
    }
}

#[test]
fn json_of_ip_gives_the_records_of_its_text() {
    if !has("ip") {
        return;
    }
    for arguments in
        ["address", "-br address", "-br link", "-4 address", "link", "route", "route show table all", "-6 route", "rule", "neigh"]
    {
        let ours = |more: &str| format!("'{PROGRAM}' --format json ip {more} {arguments}");
        let (text, json) = in_network(&format!("{}; {}", ours(""), ours("-j")));
        assert!(!text.is_empty(), "{arguments}");
        assert_eq!(said(Value::Array(text)), said(Value::Array(json)), "{arguments}");
    }
}

#[test]
fn json_of_lsblk_and_findmnt_gives_the_records_of_their_tables() {
    // Those that do not change from one run to the next.
    const COLUMNS: &str =
        "NAME,KNAME,PATH,MAJ:MIN,RM,SIZE,RO,TYPE,MOUNTPOINTS,FSTYPE,UUID,RA,MODE,MIN-IO,PHY-SEC,ROTA,SCHED,DISC-MAX";
    let folder = Path::new("/");
    for arguments in [
        &["lsblk", "-b", "-a", "-o", COLUMNS][..],
        &["lsblk"],
        &["findmnt", "-b", "-o", "TARGET,SOURCE,FSTYPE,OPTIONS,MAJ:MIN,FSROOT"],
    ] {
        if !has(arguments[0]) {
            continue;
        }
        let (text, json) = (records(arguments, folder), records(&[arguments, &["-J"]].concat(), folder));
        assert!(!text.is_empty(), "{arguments:?}");
        assert_eq!(said(Value::Array(text)), said(Value::Array(json)), "{arguments:?}");
    }
}

#[test]
fn json_of_lscpu_and_systemctl_gives_the_records_of_their_text() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    if has("lscpu") {
        let both = [records(&["lscpu"], folder), records(&["lscpu", "-J"], folder)].map(|mut one| {
            // The frequency is that of the moment.
            let details = one[0]["details"].as_object_mut().unwrap();
            details.retain(|name, _| !name.contains("MHz"));
            assert!(!details.is_empty());
            said(Value::Array(one))
        });
        assert_eq!(both[0], both[1]);
    }
    if has("systemctl") {
        // Units of a system that does not run.
        shell(
            "mkdir -p etc/systemd/system; cd etc/systemd/system
             printf '[Service]\nExecStart=/bin/true\n[Install]\nWantedBy=x.target\n' > a@.service
             printf '[Unit]\nDescription=x\n' > b.target; ln -s /dev/null c.service; cp a@.service 'd\\x2de.timer'",
            folder,
        );
        let root = format!("--root={}", folder.display());
        let arguments = ["systemctl", "list-unit-files", &root];
        let (text, json) = (records(&arguments, folder), records(&[&arguments[..], &["-o", "json"]].concat(), folder));
        assert_eq!(text.len(), 4, "{text:#?}");
        assert_eq!(said(Value::Array(text)), said(Value::Array(json)));
    }
}

#[test]
fn json_of_sysstat_gives_the_records_of_its_text() {
    let folder = Path::new("/");
    for arguments in [
        &["iostat"][..],
        &["iostat", "-x", "-m"],
        &["iostat", "-d", "-p", "-m"],
        &["mpstat", "-P", "ALL", "-I", "SUM,SCPU"],
        &["mpstat", "-T", "-P", "ALL"],
    ] {
        if !has(arguments[0]) {
            return;
        }
        // Averages since the system started: what happens between the two runs is next to nothing of them.
        let more = [arguments, &["-o", "JSON"]].concat();
        let [text, json] = [arguments, &more[..]].map(|arguments| {
            let mut records = records(arguments, folder);
            // Other tests have loop devices for a while.
            records.retain(|one| !one["device"].as_str().is_some_and(|device| device.starts_with("loop")));
            records
        });
        assert!(!text.is_empty() && text.len() == json.len(), "{arguments:?}: {text:#?}\n{json:#?}");
        for (text, json) in text.iter().zip(&json) {
            let fields = |one: &Value| one.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
            assert_eq!(fields(text), fields(json), "{arguments:?}");
            for (name, one) in text.as_object().unwrap() {
                let other = &json[name];
                let near = match (one.as_f64(), other.as_f64()) {
                    (Some(one), Some(other)) => (one - other).abs() <= one.abs() * 0.1 + 1.0,
                    _ => name == "timestamp" || name == "per_second" || one == other,
                };
                assert!(near, "{arguments:?}: `{name}` is {one} in the text and {other} in JSON");
            }
            let names = |one: &Value| one["per_second"].as_object().map(|all| all.keys().cloned().collect::<Vec<_>>());
            assert_eq!(names(text), names(json));
        }
    }
}

#[test]
fn json_of_lvm_gives_the_records_of_its_tables() {
    if !has("pvs") || !has("losetup") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    // Where there are no loop devices, there is nothing to list.
    let script = format!(
        "truncate -s 64M one two; first=$(losetup -f --show one) || exit 0; second=$(losetup -f --show two)
         trap 'vgremove -qf --config \"$only\" outparse-test >&2; losetup -d $first $second' EXIT
         only='devices {{ filter = [\"a|'$first'$|\", \"a|'$second'$|\", \"r|.*|\"] }}'
         pvcreate -q --config \"$only\" $first $second >&2; vgcreate -q --config \"$only\" outparse-test $first >&2
         for command in 'pvs -o +pv_used,pv_uuid' vgs 'vgs --units b -o +vg_uuid'; do
             set -- $command; program=$1; shift
             '{PROGRAM}' --format json $program --config \"$only\" \"$@\"
             '{PROGRAM}' --format json $program --config \"$only\" \"$@\" --reportformat json
         done"
    );
    let text = shell(&script, folder.path());
    let lists: Vec<Value> =
        serde_json::Deserializer::from_str(&text).into_iter::<Value>().map(Result::unwrap).map(said).collect();
    if !common::has(!lists.is_empty(), "a loop device") {
        return;
    }
    for both in lists.chunks(2) {
        assert!(!both[0].as_array().unwrap().is_empty());
        assert_eq!(both[0], both[1]);
    }
}

#[test]
fn a_file_in_pem_says_what_openssl_says_of_it() {
    let folder = Path::new("/etc/ssl/certs");
    if !has("openssl") || !folder.is_dir() {
        return;
    }
    // Those of all authorities that the system trusts, and what it prints of them.
    let text = shell(
        &format!(
            "for file in *.pem; do openssl x509 -in \"$file\" -noout -text -nameopt oneline,-esc_msb; done | \
             '{PROGRAM}' --format json parse openssl x509"
        ),
        folder,
    );
    let files = shell(&format!("cat ./*.pem | '{PROGRAM}' --format json parse ./all.pem"), folder);
    // A name in a name has been written in several ways by OpenSSL.
    let without_nested = |mut one: Value| {
        if let Some(names) = one["names"].as_array_mut() {
            names.retain(|name| !name.as_str().unwrap().starts_with("DirName:"));
        }
        one
    };
    let [text, files] = [text, files].map(|printed| json_of(&printed).into_iter().map(without_nested).collect::<Vec<_>>());
    assert!(!text.is_empty() && text.len() == files.len());
    for (text, file) in text.iter().zip(&files) {
        for (name, value) in file.as_object().unwrap().iter().filter(|(name, _)| *name != "kind") {
            assert_eq!(value, &text[name], "`{name}` of {text}");
        }
    }
}

/// The nodes of a tree, each after its parent.
fn flatten(nodes: &[Value], parent: &Value, name: &str, into: &mut Vec<Value>) {
    for node in nodes {
        let mut own = node.clone();
        own["parent"] = parent.clone();
        into.push(own);
        if let Some(children) = node.get("children").and_then(Value::as_array) {
            flatten(children, &node[name], name, into);
        }
    }
}

#[test]
fn block_devices_are_as_lsblk_has_them_in_json() {
    if !has("lsblk") {
        return;
    }
    let folder = Path::new("/");
    let own = json_of(&shell("lsblk -J -b -O -a", folder)).remove(0);
    let mut theirs = Vec::new();
    flatten(own["blockdevices"].as_array().unwrap(), &Value::Null, "name", &mut theirs);
    for device in &mut theirs {
        // KiB in both; ours are bytes.
        device["ra"] = json!(device["ra"].as_i64().map(|kibibytes| kibibytes * 1024));
    }
    let fields = [
        ("device", "name"),
        ("parent", "parent"),
        ("kernel_name", "kname"),
        ("path", "path"),
        ("device_number", "maj:min"),
        ("size", "size"),
        ("type", "type"),
        ("is_removable", "rm"),
        ("is_read_only", "ro"),
        ("is_rotational", "rota"),
        ("mount_points", "mountpoints"),
        ("filesystem_type", "fstype"),
        ("filesystem_size", "fssize"),
        ("label", "label"),
        ("uuid", "uuid"),
        ("read_ahead", "ra"),
        ("owner", "owner"),
        ("mode", "mode"),
        ("physical_sector_size", "phy-sec"),
        ("logical_sector_size", "log-sec"),
        ("minimum_io_size", "min-io"),
        ("scheduler", "sched"),
        ("queue_size", "rq-size"),
        ("discard_granularity", "disc-gran"),
        ("discard_maximum", "disc-max"),
        ("zone_model", "zoned"),
    ];
    compare("lsblk", &records(&["lsblk", "-b", "-O", "-a"], folder), &theirs, &fields);
}

#[test]
fn mounted_filesystems_are_as_findmnt_has_them_in_json() {
    if !has("findmnt") {
        return;
    }
    let folder = Path::new("/");
    let columns = "TARGET,SOURCE,FSTYPE,OPTIONS,MAJ:MIN,SIZE,FSROOT,PROPAGATION";
    let own = json_of(&shell(&format!("findmnt -J -b -o {columns}"), folder)).remove(0);
    let mut theirs = Vec::new();
    flatten(own["filesystems"].as_array().unwrap(), &Value::Null, "target", &mut theirs);
    let fields = [
        ("mounted_on", "target"),
        ("parent", "parent"),
        ("filesystem", "source"),
        ("type", "fstype"),
        ("options", "options"),
        ("device_number", "maj:min"),
        ("size", "size"),
        ("filesystem_root", "fsroot"),
        ("propagation", "propagation"),
    ];
    for arguments in [
        ["findmnt", "-b", "-o", columns].as_slice(),
        &["findmnt", "-b", "-l", "-o", columns],
        &["findmnt", "-b", "-P", "-o", columns],
    ] {
        let tree = arguments.len() == 4;
        let fields: Vec<_> = fields.iter().copied().filter(|(our, _)| tree || *our != "parent").collect();
        let (mut ours, mut theirs) = (records(arguments, folder), theirs.clone());
        if !tree {
            // In the order in which they were mounted.
            ours.sort_by_key(|one| format!("{} {}", one["mounted_on"], one["device_number"]));
            theirs.sort_by_key(|one| format!("{} {}", one["target"], one["maj:min"]));
        }
        compare(&arguments.join(" "), &ours, &theirs, &fields);
    }
}

/// A folder with files that are hard to list.
fn awkward_files() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, length) in
        [("plain", 5), ("a  b", 0), (" first", 70_000), ("é ü", 3), ("-dash", 1), ("a -> b", 2), ("quote'\"", 4)]
    {
        fs::write(folder.path().join(name), vec![b'x'; length]).unwrap();
    }
    fs::create_dir(folder.path().join("folder")).unwrap();
    symlink("a  b", folder.path().join("link")).unwrap();
    folder
}

#[test]
fn files_are_as_the_system_has_them() {
    let files = awkward_files();
    let folder = files.path();
    let names: Vec<String> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    let found = records(&["find", ".", "-mindepth", "1", "-ls"], folder);
    let sizes = records(&["du", "-a", "-b", "."], folder);
    assert_eq!(found.len(), names.len());
    for name in &names {
        let path = format!("./{name}");
        let is = fs::symlink_metadata(folder.join(name)).unwrap();
        let stat = records(&["stat", &path], folder).remove(0);
        let expected = json!({
            "path": path, "size": is.len(), "inode": is.ino(), "links": is.nlink(), "uid": is.uid(), "gid": is.gid(),
            "permissions": format!("{:04o}", is.mode() & 0o7777), "blocks": is.blocks(), "io_block_size": is.blksize(),
        });
        for (field, value) in expected.as_object().unwrap() {
            assert_eq!(&stat[field], value, "stat: {field} of {name:?} in {stat}");
        }
        let nanos = |field: &str| time(&stat[field]).timestamp_nanos_opt().unwrap();
        assert_eq!(nanos("modified"), is.mtime() * 1_000_000_000 + is.mtime_nsec(), "{stat}");
        assert_eq!(nanos("changed"), is.ctime() * 1_000_000_000 + is.ctime_nsec(), "{stat}");

        let listed = found.iter().find(|one| one["path"] == path.as_str()).unwrap_or_else(|| panic!("{name:?} in {found:#?}"));
        assert_eq!((&listed["size"], &listed["inode"]), (&json!(is.len()), &json!(is.ino())), "find: {listed}");
        assert_eq!(listed["allocated"], json!(is.blocks() * 512), "find: {listed}");
        let used = sizes.iter().find(|one| one["path"] == path.as_str()).unwrap_or_else(|| panic!("{name:?} in {sizes:#?}"));
        if !is.is_dir() {
            assert_eq!(used["size"], json!(is.len()), "du: {used}");
        }
    }
}

#[test]
fn commits_are_as_git_formats_them() {
    if !has("git") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let script = r#"
        git init -q . && git config user.name 'A  <B> Ü' && git config user.email 'a b@example.org'
        echo 1 > 'a b' && git add . && GIT_AUTHOR_DATE='2020-02-29 23:59:59 +0545' git commit -qm 'First  line'
        echo 2 > 'a b' && git add . && GIT_COMMITTER_DATE='2021-01-01 00:00:00 -0800' git commit -qm "subject

    body: commit 1234

    Author: nobody

       indented
    "
        git checkout -q -b side HEAD~1 && echo 3 > ü && git add . && git commit -qm side && git merge -q --no-edit -m merge - 2>&1
        GIT_AUTHOR_DATE='1999-12-31 12:00:00 +0000' git commit -q --allow-empty --allow-empty-message -m ''
    "#;
    shell(script, folder.path());
    let own = shell("git log --format='%H%x00%P%x00%an%x00%ae%x00%aI%x00%cI%x00%B%x01'", folder.path());
    let theirs: Vec<Vec<&str>> = own
        .split('\x01')
        .map(|commit| commit.trim_start_matches('\n').split('\0').collect())
        .filter(|parts: &Vec<_>| parts.len() == 7)
        .collect();
    let ours = records(&["git", "log", "--format=fuller", "--parents"], folder.path());
    assert_eq!(ours.len(), theirs.len(), "{ours:#?}");
    for (ours, theirs) in ours.iter().zip(&theirs) {
        assert_eq!(ours["commit"], theirs[0]);
        assert_eq!((&ours["author"], &ours["author_email"]), (&json!(theirs[2]), &json!(theirs[3])), "{ours}");
        assert_eq!(time(&ours["authored"]), time(&json!(theirs[4])), "{ours}");
        assert_eq!(time(&ours["committed"]), time(&json!(theirs[5])), "{ours}");
        assert_eq!(ours["message"].as_str().unwrap_or_default(), theirs[6].trim_end(), "{ours}");
    }
}

#[test]
fn sockets_are_those_that_this_process_has() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let folder = Path::new("/");
    let ours = |all: Vec<Value>| -> Vec<Value> {
        all.into_iter().filter(|one| one["local_port"] == port && one["state"] == "LISTEN").collect()
    };
    let of_the_kernel = ours(records(&["/proc/net/tcp"], folder));
    assert_eq!(of_the_kernel.len(), 1);
    assert_eq!(of_the_kernel[0]["local_address"], "127.0.0.1");
    if !has("ss") {
        return;
    }
    for arguments in [["ss", "-tlnp"], ["ss", "-Htlnp"], ["ss", "-atnpe"]] {
        let found = ours(records(&arguments, folder));
        assert_eq!(found.len(), 1, "{arguments:?}");
        assert_eq!(
            (&found[0]["local_address"], &found[0]["pid"]),
            (&json!("127.0.0.1"), &json!(std::process::id())),
            "{arguments:?}"
        );
    }
}

#[test]
fn settings_are_those_of_the_kernel() {
    if !has("sysctl") {
        return;
    }
    let ours =
        records(&["sysctl", "kernel.ostype", "kernel.pid_max", "vm.swappiness", "net.ipv4.ip_local_port_range"], Path::new("/"));
    assert_eq!(ours.len(), 4);
    for one in &ours {
        let name = one["name"].as_str().unwrap();
        let file = fs::read_to_string(format!("/proc/sys/{}", name.replace('.', "/"))).unwrap();
        assert_eq!(
            one["value"].as_str().unwrap().split_whitespace().collect::<Vec<_>>(),
            file.split_whitespace().collect::<Vec<_>>()
        );
    }
}

#[test]
fn memory_users_and_processes_are_those_of_the_system() {
    let folder = Path::new("/");
    let meminfo = fs::read_to_string("/proc/meminfo").unwrap();
    let kibibytes: BTreeMap<&str, i64> = meminfo
        .lines()
        .filter_map(|line| {
            let (name, rest) = line.split_once(':')?;
            Some((name, rest.trim().strip_suffix(" kB")?.parse().ok()?))
        })
        .collect();
    if has("free") {
        let free = records(&["--kind", "memory", "free", "-b"], folder);
        assert_eq!(free[0]["total"], json!(kibibytes["MemTotal"] * 1024));
    }
    let ours = records(&["/proc/meminfo"], folder);
    let total = ours.iter().find(|one| one["name"] == "MemTotal").unwrap_or_else(|| panic!("{ours:#?}"));
    assert_eq!(total["size"], json!(kibibytes["MemTotal"] * 1024), "{total}");

    let passwd = fs::read_to_string("/etc/passwd").unwrap();
    let ours = records(&["/etc/passwd"], folder);
    assert_eq!(ours.len(), passwd.lines().count());
    for (ours, line) in ours.iter().zip(passwd.lines()) {
        let parts: Vec<&str> = line.split(':').collect();
        assert_eq!(ours["user"], parts[0]);
        assert_eq!((ours["uid"].to_string(), ours["gid"].to_string()), (parts[2].to_owned(), parts[3].to_owned()));
        assert_eq!((&ours["home"], &ours["shell"]), (&json!(parts[5]), &json!(parts[6])));
    }

    let own = std::process::id();
    let status = records(&[&format!("/proc/{own}/status")], folder).remove(0);
    assert_eq!((&status["pid"], &status["ppid"]), (&json!(own), &json!(std::os::unix::process::parent_id())), "{status}");
}

/// Some of these, each once, in any order.
fn some<'a, T>(all: &'a [T], random: &mut Random) -> Vec<&'a T> {
    let mut left: Vec<&T> = all.iter().collect();
    let count = 1 + random.below(all.len());
    (0..count).map(|_| left.swap_remove(random.below(left.len()))).collect()
}

#[test]
fn any_columns_of_df_are_what_the_filesystem_says() {
    let place = if Path::new("/dev/shm").is_dir() { "/dev/shm" } else { "/" };
    let numbers: Vec<u64> = shell(&format!("stat -f -c '%S %b %f %a %c %d' {place}"), Path::new("/"))
        .split_whitespace()
        .map(|number| number.parse().unwrap())
        .collect();
    let [block, blocks, free, available, inodes, inodes_free] = numbers[..] else { panic!("{numbers:?}") };
    let columns = [
        ("size", "size", json!(blocks * block)),
        ("used", "used", json!((blocks - free) * block)),
        ("avail", "available", json!(available * block)),
        ("itotal", "inodes", json!(inodes)),
        ("iused", "inodes_used", json!(inodes - inodes_free)),
        ("iavail", "inodes_free", json!(inodes_free)),
        ("target", "mounted_on", json!(place)),
        ("file", "file", json!(place)),
    ];
    let mut random = Random::new(1);
    for _ in 0..60 {
        let chosen = some(&columns, &mut random);
        let names: Vec<&str> = chosen.iter().map(|(name, _, _)| *name).collect();
        let option = format!("--output={}", names.join(","));
        let record = records(&["df", &option, place], Path::new("/")).remove(0);
        for (_, field, value) in chosen {
            assert_eq!(&record[*field], value, "{option}: {record}");
        }
    }
}

#[test]
fn any_columns_of_ps_are_what_the_kernel_says() {
    if !has("ps") {
        return;
    }
    let sleeper = Sleeper::start(&["300", "0.0", "0"]);
    let own = sleeper.id();
    let status = fs::read_to_string(format!("/proc/{own}/stat")).unwrap();
    let after: Vec<i64> =
        status.rsplit_once(") ").unwrap().1.split_whitespace().skip(1).map(|number| number.parse().unwrap_or(-1)).collect();
    // The numbers of the fields in proc(5), less the four that stand before `ppid`.
    let columns = [
        ("pid", "pid", json!(own)),
        ("ppid", "ppid", json!(after[0])),
        ("pgid", "pgid", json!(after[1])),
        ("sid", "sid", json!(after[2])),
        ("ni", "nice", json!(after[15])),
        ("nlwp", "threads", json!(after[16])),
        ("comm", "name", json!("sleep")),
        ("args", "command", json!("sleep 300 0.0 0")),
        ("uid", "uid", json!(fs::metadata(format!("/proc/{own}")).unwrap().uid())),
    ];
    let mut random = Random::new(2);
    for _ in 0..40 {
        let chosen = some(&columns, &mut random);
        let names: Vec<&str> = chosen.iter().map(|(name, _, _)| *name).collect();
        let (list, number) = (names.join(","), own.to_string());
        let record = records(&["ps", "-o", &list, "-p", &number], Path::new("/")).remove(0);
        for (_, field, value) in chosen {
            assert_eq!(&record[*field], value, "ps -o {list}: {record}");
        }
    }
}

#[test]
fn listed_files_are_as_the_system_has_them() {
    let files = awkward_files();
    let folder = files.path();
    fs::write(folder.join("two\nlines"), "x").unwrap();
    let mut names: Vec<String> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    let mut listed = records(&["--exact", "ls", "-A", "-l", "-i"], folder);
    listed.sort_by_key(|one| one["name"].as_str().unwrap_or_default().to_owned());
    assert_eq!(listed.len(), names.len(), "{listed:#?}");
    for (listed, name) in listed.iter().zip(&names) {
        let is = fs::symlink_metadata(folder.join(name)).unwrap();
        assert_eq!(listed["name"], name.as_str());
        let expected = [("size", json!(is.len())), ("inode", json!(is.ino())), ("links", json!(is.nlink()))];
        for (field, value) in expected {
            assert_eq!(listed[field], value, "{field} of {name:?} in {listed}");
        }
        assert_eq!(time(&listed["modified"]).timestamp(), is.mtime(), "{listed}");
    }
}

#[test]
fn variables_are_those_that_were_given() {
    let given = [("ONE", "a=b"), ("TWO", "two\nlines"), ("THREE", ""), ("ÜNI", " é "), ("LAST", "\ttab")];
    let run = Command::new(PROGRAM).args(["--format", "json", "env", "-0"]).envs(given).output().unwrap();
    let ours = json_of(str::from_utf8(&run.stdout).unwrap());
    for (name, value) in given {
        let found: Vec<&Value> = ours.iter().filter(|one| one["name"] == name).collect();
        assert_eq!(found.len(), 1, "{name}");
        assert_eq!(found[0]["value"], value);
    }
}

/// A ruleset with something of everything.
const RULES: &str = r#"
table inet filter {
    comment "the main one"
    counter web { }
    quota big { over 25 mbytes }
    set blocked { type ipv4_addr; flags interval,timeout; timeout 1h30m; auto-merge; elements = { 192.0.2.0/24, 198.51.100.7 timeout 5m comment "x, } y" } }
    set ports { type inet_service; flags interval; elements = { 22, 80, 443, 1000-2000, 3000, 4000, 5000, 6000, 7000, 8000, 9000, 10000, 11000, 12000 } ; }
    map verdicts { type ipv4_addr : verdict; elements = { 192.0.2.1 : accept, 192.0.2.2 : jump other } }
    chain input {
        type filter hook input priority filter - 5; policy drop;
        ct state established,related accept comment "known # handle 1"
        iifname "lo" counter accept
        iifname "drop jump" tcp dport { 22, 80 } counter packets 12 bytes 345 log prefix "reject " goto other
        ip saddr @blocked log prefix "bad: " drop
        ip saddr vmap @verdicts
        tcp dport 443 counter name "web" limit rate 5/second jump other
        ip protocol icmp reject with icmp type host-unreachable
        udp dport vmap { 53 : accept, 67 : drop, 123 : jump other }
    }
    chain other { }
}
table ip nat {
    chain post {
        type nat hook postrouting priority srcnat + 10
        oifname "eth0" counter
    }
}
table bridge b {
    chain c {
        type filter hook output priority out; policy accept;
    }
}
table netdev dev {
    chain in {
        type filter hook ingress device "lo" priority -7; policy accept;
    }
}
"#;

#[test]
fn rules_are_as_nft_has_them_in_json() {
    if !has("nft") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("rules"), RULES).unwrap();
    let allowed = Command::new("unshare").args(["-n", "nft", "list", "tables"]).env("PATH", path()).output();
    if !allowed.is_ok_and(|run| run.status.success()) {
        eprintln!("a network of its own is not allowed: nothing is compared");
        return;
    }
    let both = format!("nft -f rules && \"{PROGRAM}\" --format json nft -a list ruleset && nft -j -a list ruleset");
    let text = shell(&format!("unshare -n sh -c '{both}'"), folder.path());
    let mut documents = serde_json::Deserializer::from_str(&text).into_iter::<Value>().map(Result::unwrap);
    let ours = documents.next().unwrap().as_array().unwrap().clone();
    let theirs = documents.next().unwrap()["nftables"].as_array().unwrap().clone();
    let of_kind = |kind: &str| -> Vec<Value> { ours.iter().filter(|one| one["kind"] == kind).cloned().collect() };
    let called = |names: &[&str]| -> Vec<Value> {
        theirs.iter().filter_map(|one| names.iter().find_map(|name| one.get(name))).cloned().collect()
    };
    compare("tables", &of_kind("table"), &called(&["table"]), &[("family", "family"), ("table", "name"), ("handle", "handle")]);
    // The text has chains after sets, and the JSON too, but rules stand behind their chains there.
    let place = [("family", "family"), ("table", "table"), ("handle", "handle")];
    let chain = [("chain", "name"), ("type", "type"), ("hook", "hook"), ("priority", "prio"), ("policy", "policy")];
    compare("chains", &of_kind("chain"), &called(&["chain"]), &[&place[..], &chain].concat());
    compare(
        "objects",
        &of_kind("object"),
        &called(&["counter", "quota"]),
        &[&place[..], &[("name", "name"), ("packets", "packets")]].concat(),
    );
    let set = [
        ("set", "name"),
        ("type", "type"),
        ("maps_to", "map"),
        ("flags", "flags"),
        ("timeout", "timeout"),
        ("comment", "comment"),
    ];
    let sets = called(&["set", "map"]);
    compare("sets", &of_kind("set"), &sets, &[&place[..], &set].concat());
    for (ours, theirs) in of_kind("set").iter().zip(&sets) {
        assert_eq!(ours["elements"].as_array().unwrap().len(), theirs["elem"].as_array().unwrap().len(), "{ours}\n{theirs}");
    }
    let rules = called(&["rule"]);
    compare("rules", &of_kind("rule"), &rules, &[&place[..], &[("chain", "chain"), ("comment", "comment")]].concat());
    for (ours, theirs) in of_kind("rule").iter().zip(&rules) {
        let parts = theirs["expr"].as_array().unwrap();
        let part = |name: &str| parts.iter().find_map(|part| part.get(name));
        let counter = part("counter").filter(|counter| counter.is_object());
        assert!(same(ours.get("packets"), counter.map(|counter| &counter["packets"])), "{ours}\n{theirs}");
        assert!(same(ours.get("bytes"), counter.map(|counter| &counter["bytes"])), "{ours}\n{theirs}");
        let action = ["accept", "drop", "jump", "goto", "reject"].into_iter().find(|action| part(action).is_some());
        assert_eq!(ours["action"].as_str(), action, "{ours}\n{theirs}");
        let target = action.and_then(|action| part(action)?.get("target"));
        assert!(same(ours.get("target"), target), "{ours}\n{theirs}");
    }
}

#[test]
fn members_of_archives_are_the_files_that_were_put_in() {
    if !["tar", "zip", "unzip", "rsync"].into_iter().all(has) {
        return;
    }
    let files = awkward_files();
    let folder = files.path();
    let archives = tempfile::tempdir().unwrap();
    let named = |name: &str| archives.path().join(name).display().to_string();
    let (tar, zip) = (named("x.tar"), named("x.zip"));
    shell(&format!("tar -cf '{tar}' . && zip -qry '{zip}' ."), folder);
    let members = records(&["tar", "--full-time", "-tvf", &tar], folder);
    let entries = records(&["unzip", "-v", &zip], folder);
    let listed = records(&["rsync", "-a", "--list-only", "./"], folder);
    let copied = records(&["rsync", "-ai", "./", &named("copy/")], folder);
    let names: Vec<String> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    // The folder itself is a member, and of ZIP there are totals.
    assert_eq!((members.len(), listed.len(), entries.len()), (names.len() + 1, names.len() + 1, names.len() + 1));
    for name in &names {
        let is = fs::symlink_metadata(folder.join(name)).unwrap();
        let slash = if is.is_dir() { "/" } else { "" };
        let of = |all: &[Value], path: &str| {
            all.iter().find(|one| one["path"] == path).unwrap_or_else(|| panic!("{path:?} in {all:#?}")).clone()
        };
        let modified: DateTime<chrono::Local> = is.modified().unwrap().into();
        let modified = modified.format("%Y-%m-%dT%H:%M:%S").to_string();
        let member = of(&members, &format!("./{name}{slash}"));
        let entry = of(&listed, name);
        for one in [&member, &entry] {
            assert!(one["modified"].as_str().unwrap().starts_with(&modified), "{one}: {modified}");
        }
        let size = if is.is_file() { is.len() } else { 0 };
        assert_eq!(member["size"], json!(size), "{member}");
        if is.is_file() {
            assert_eq!(entry["size"], json!(size), "{entry}");
            assert_eq!(of(&copied, name)["type"], "file");
        }
        let target = is.is_symlink().then(|| fs::read_link(folder.join(name)).unwrap().display().to_string());
        for one in [&member, &entry] {
            assert_eq!(one["target"].as_str(), target.as_deref(), "{one}");
        }
        // Names that are not ASCII are printed with marks in place of their letters where the locale knows none.
        if name.is_ascii() && is.is_file() {
            let zipped = of(&entries, name);
            assert_eq!(zipped["size"], json!(size), "{zipped}");
        }
    }
    let total = entries.last().unwrap();
    assert_eq!((&total["is_total"], &total["entries"]), (&json!(true), &json!(names.len())));
}

#[test]
fn samples_are_as_sadf_has_them_in_json() {
    if !has("sar") || !has("sadf") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    shell("sar -A -o sa 1 1", folder);
    let text = shell("sadf -j sa -- -u ALL -r ALL -S -B -b -d -q -w -v -n DEV,SOCK,NFS,ICMP,IP6", folder);
    let document: Value = serde_json::from_str(&text).unwrap();
    let theirs = &document["sysstat"]["hosts"][0]["statistics"][0];
    // The flag, where its numbers are in theirs, and fields of both with what one of theirs is in ours.
    type Fields = &'static [(&'static str, &'static str, f64)];
    let activities: [(&[&str], &str, Fields); 12] = [
        (
            &["-u", "ALL"],
            "/cpu-load",
            &[("user_percent", "usr", 1.0), ("iowait_percent", "iowait", 1.0), ("idle_percent", "idle", 1.0)],
        ),
        (&["-r", "ALL"], "/memory", &[("free", "memfree", 1024.0), ("cache", "cached", 1024.0), ("slab", "slab", 1024.0)]),
        (&["-S"], "/memory", &[("swap_free", "swpfree", 1024.0), ("swap_used_percent", "swpused-percent", 1.0)]),
        (&["-B"], "/paging", &[("paged_out_bytes_per_second", "pgpgout", 1024.0), ("faults_per_second", "fault", 1.0)]),
        (&["-b"], "/io", &[("transfers_per_second", "tps", 1.0), ("read_bytes_per_second", "io-reads/bread", 512.0)]),
        (
            &["-d", "-p"],
            "/disk",
            &[
                ("written_bytes_per_second", "wkB", 1024.0),
                ("average_request_size", "areq-sz", 1024.0),
                ("wait", "await", 0.001),
                ("utilization_percent", "util-percent", 1.0),
            ],
        ),
        (&["-q"], "/queue", &[("tasks", "plist-sz", 1.0), ("load_5m", "ldavg-5", 1.0)]),
        (&["-w"], "/process-and-context-switch", &[("context_switches_per_second", "cswch", 1.0)]),
        (&["-n", "DEV"], "/network/net-dev", &[("rx_packets_per_second", "rxpck", 1.0), ("tx_bytes_per_second", "txkB", 1024.0)]),
        (
            &["-n", "NFS"],
            "/network/net-nfs",
            &[("nfs_calls_per_second", "call", 1.0), ("nfs_retransmissions_per_second", "retrans", 1.0)],
        ),
        (
            &["-n", "ICMP"],
            "/network/net-icmp",
            &[("icmp_received_per_second", "imsg", 1.0), ("icmp_echo_replies_sent_per_second", "oechr", 1.0)],
        ),
        (
            &["-n", "IP6"],
            "/network/net-ip6",
            &[("ip6_received_per_second", "irec6", 1.0), ("ip6_multicast_sent_per_second", "omcpck6", 1.0)],
        ),
    ];
    for (flags, place, fields) in activities {
        let ours = records(&[&["sar", "-f", "sa"], flags].concat(), folder);
        let ours: Vec<&Value> = ours.iter().filter(|one| one["timestamp"] != "Average").collect();
        let theirs = theirs.pointer(place).unwrap();
        let theirs = theirs.as_array().cloned().unwrap_or_else(|| vec![theirs.clone()]);
        assert_eq!(ours.len(), theirs.len(), "{flags:?}: {ours:#?}\n{theirs:#?}");
        for (ours, theirs) in ours.iter().zip(&theirs) {
            for (our, their, factor) in fields {
                let (one, other) = (ours[our].as_f64().unwrap(), at(theirs, their).unwrap().as_f64().unwrap() * factor);
                assert!((one - other).abs() <= other.abs() * 1e-6 + 1e-9, "{flags:?}: {our} is {one}, and {their} is {other}");
            }
        }
    }
}

/// What a disk answers to `smartctl`, as `smartctl -r` writes it down and `smartctl -a -` reads it.
const DISK: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/oracles/disk.txt");

#[test]
fn a_disk_is_as_smartctl_has_it_in_json() {
    if !has("smartctl") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    // The disk has attributes that failed, which the exit status says.
    let text = shell(&format!("smartctl -a - < '{DISK}' | '{PROGRAM}' parse smartctl -f json"), folder.path());
    let theirs = json_of(&shell(&format!("smartctl -aj - < '{DISK}' || true"), folder.path())).remove(0);
    let ours = json_of(&text);
    let of_kind = |kind: &str| -> Vec<Value> { ours.iter().filter(|one| one["kind"] == kind).cloned().collect() };
    let disk = [
        ("model", "model_name"),
        ("serial", "serial_number"),
        ("firmware", "firmware_version"),
        ("size", "user_capacity/bytes"),
        ("block_size", "logical_block_size"),
        ("rotation_rate", "rotation_rate"),
        ("temperature", "temperature/current"),
        ("power_cycles", "power_cycle_count"),
        ("error_count", "ata_smart_error_log/summary/count"),
    ];
    compare("disks", &of_kind("disk"), std::slice::from_ref(&theirs), &disk);
    let attribute = [
        ("number", "id"),
        ("name", "name"),
        ("normalized", "value"),
        ("worst", "worst"),
        ("threshold", "thresh"),
        ("raw", "raw/string"),
    ];
    let attributes = theirs["ata_smart_attributes"]["table"].as_array().unwrap();
    compare("attributes", &of_kind("attribute"), attributes, &attribute);
    let failed: Vec<_> = of_kind("attribute").iter().map(|one| one["failed"].as_str().unwrap_or_default().to_owned()).collect();
    assert!(failed.iter().eq(attributes.iter().map(|one| one["when_failed"].as_str().unwrap())), "{failed:?}");
    let tests = theirs["ata_smart_self_test_log"]["standard"]["table"].as_array().unwrap();
    compare("tests", &of_kind("self_test"), tests, &[("description", "type/string"), ("status", "status/string")]);
    let hours = |value: &Value| value.as_i64().unwrap() * 3600;
    assert_eq!(of_kind("disk")[0]["power_on_time"], hours(&theirs["power_on_time"]["hours"]));
    for (ours, theirs) in of_kind("self_test").iter().zip(tests) {
        assert_eq!(ours["power_on_time"], hours(&theirs["lifetime_hours"]), "{ours}\n{theirs}");
    }
}

#[test]
fn a_certificate_is_what_was_asked_for() {
    if !has("openssl") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    shell(
        "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-384 -nodes -keyout k -out c -days 30 -set_serial 0x0badcafe \
         -subj '/C=DE/O=A, b/CN=c.example' -addext 'subjectAltName=DNS:c.example,IP:192.0.2.1' \
         -addext 'basicConstraints=critical,CA:TRUE,pathlen:2' -addext 'keyUsage=critical,keyCertSign' 2>/dev/null",
        folder.path(),
    );
    let ours = records(&["openssl", "x509", "-in", "c", "-noout", "-text", "-fingerprint", "-sha256"], folder.path()).remove(0);
    let said = |what: &str| {
        let text = shell(&format!("openssl x509 -in c -noout -dateopt iso_8601 {what}"), folder.path());
        text.trim_end().split_once('=').unwrap().1.to_owned()
    };
    assert_eq!((ours["serial"].as_str(), ours["common_name"].as_str()), (Some("0BADCAFE"), Some("c.example")), "{ours}");
    assert_eq!(ours["serial"], said("-serial"));
    assert_eq!(ours["digest"], said("-fingerprint -sha256").replace(':', ""));
    for (field, option) in [("not_before", "-startdate"), ("not_after", "-enddate")] {
        assert_eq!(ours[field], said(option).replace(' ', "T"), "{field}");
    }
    assert_eq!((&ours["key_bits"], &ours["curve"]), (&json!(384), &json!("secp384r1")));
    assert_eq!((&ours["is_ca"], &ours["path_length"]), (&json!(true), &json!(2)));
    assert_eq!(ours["names"], json!(["DNS:c.example", "IP Address:192.0.2.1"]));
    let critical = json!(["X509v3 Basic Constraints", "X509v3 Key Usage"]);
    assert_eq!((&ours["key_usage"], &ours["critical"]), (&json!(["Certificate Sign"]), &critical));
}
