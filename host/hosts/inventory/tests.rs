use super::groups::Inventory;
use super::*;

fn ini(text: &str) -> Result<Inventory, String> {
    super::ini::read(text)
}

fn yaml(text: &str) -> Result<Inventory, String> {
    super::yaml::read(text)
}

/// In the order of their names: that of YAML is not kept.
fn shown(targets: &[Target]) -> Vec<String> {
    let port = |target: &Target| target.port.map_or_else(String::new, |port| format!(" -p {port}"));
    let mut shown: Vec<_> =
        targets.iter().map(|target| format!("{} = {}{}", target.name, target.destination(), port(target))).collect();
    shown.sort();
    shown
}

const INI: &str = "\
# machines
alone
[web]
web[1:2].example.org   ansible_user=deploy   # two of them
[db]
db1 ansible_host=10.0.0.7 ansible_port=2222
db2
[db:vars]
ansible_user='postgres'
[site:children]
web
db
[all:vars]
ansible_port=22
";

const YAML: &str = "
all:
  hosts:
    alone:
  children:
    web:
      hosts:
        web[1:2].example.org:
          ansible_user: deploy
    db:
      hosts:
        db1: {ansible_host: 10.0.0.7, ansible_port: 2222}
        db2:
      vars:
        ansible_user: postgres
    site:
      children:
        web:
        db:
  vars:
    ansible_port: 22
";

const ALL: [&str; 5] = [
    "alone = alone -p 22",
    "db1 = postgres@10.0.0.7 -p 2222",
    "db2 = postgres@db2 -p 22",
    "web1.example.org = deploy@web1.example.org -p 22",
    "web2.example.org = deploy@web2.example.org -p 22",
];

#[test]
fn both_forms_of_an_inventory_say_the_same() {
    for inventory in [ini(INI).unwrap(), yaml(YAML).unwrap()] {
        assert_eq!(shown(&inventory.targets(None).unwrap()), ALL);
        assert_eq!(shown(&inventory.targets(Some("db")).unwrap()), ALL[1..3]);
        assert_eq!(shown(&inventory.targets(Some("site")).unwrap()), ALL[1..]);
        let unknown = inventory.targets(Some("wep")).unwrap_err();
        assert!(unknown.contains("there is no group `wep`; the groups are"), "{unknown}");
    }
}

#[test]
fn a_plain_list_is_a_name_a_line() {
    let inventory = ini("a\nb@c # why\n\n; no\nfe80::1\n").unwrap();
    assert_eq!(shown(&inventory.targets(None).unwrap()), ["a = a", "b@c = b@c", "fe80::1 = fe80::1"]);
}

#[test]
fn what_is_wrong_names_its_line() {
    for (text, line) in [("a\nb c\n", "line 2"), ("[x:y]\n", "line 1"), ("[a:vars]\nb\n", "line 2"), ("x[9-1]", "line 1")] {
        let error = ini(text).err().unwrap();
        assert!(error.contains(line), "{text:?}: {error}");
    }
    assert!(ini("a ansible_port=x").unwrap().targets(None).unwrap_err().contains("port"));
    assert!(yaml("all: [").is_err());
    assert!(yaml("all: {hosts: [3]}").is_err());
    assert!(yaml("3").is_err());
}

#[test]
fn what_vagrant_and_bastions_need_is_passed_to_the_client() {
    let text = "\u{feff}default ansible_host=127.0.0.1 ansible_port=2222 ansible_user='vagrant' ansible_ssh_private_key_file='/home/me/my key'\r
web1:2200 ansible_ssh_extra_args=\"-o 'ProxyCommand=ssh -W %h:%p gw'\"
[::1]:22
fe80::1
node[01:05:2]x
[all:vars]
ansible_ssh_common_args='-J bastion -4'
";
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("hosts");
    std::fs::write(&path, text).unwrap();
    let targets = read(&path, None).unwrap();
    assert_eq!(
        shown(&targets),
        [
            "::1 = ::1 -p 22",
            "default = vagrant@127.0.0.1 -p 2222",
            "fe80::1 = fe80::1",
            "node01x = node01x",
            "node03x = node03x",
            "node05x = node05x",
            "web1 = web1 -p 2200"
        ]
    );
    let options = |name: &str| targets.iter().find(|target| target.name == name).unwrap().options.join("|");
    assert_eq!(options("default"), "-i|/home/me/my key|-J|bastion|-4");
    assert_eq!(options("web1"), "-J|bastion|-4|-o|ProxyCommand=ssh -W %h:%p gw");
    let template = ini("a ansible_ssh_common_args='-J {{ gw }}'").unwrap().targets(None).unwrap_err();
    assert!(template.contains("Ansible has to fill in"), "{template}");
    assert!(ini("a x='b").err().unwrap().contains("line 1: there is a quote without its end"));
}

#[test]
fn an_inner_group_goes_before_the_one_around_it_and_a_later_name_before_an_earlier() {
    let text = "[site:children]\nweb\n[site:vars]\nansible_user=site\n[web]\na\n[web:vars]\nansible_user=web\n\
                [one]\nb\n[two]\nb\n[two:vars]\nansible_user=two\n[one:vars]\nansible_user=one\n";
    assert_eq!(shown(&ini(text).unwrap().targets(None).unwrap()), ["a = web@a", "b = two@b"]);
}

#[test]
fn what_ansible_s_own_program_lists_is_read() {
    let json = r#"{"_meta": {"hostvars": {"a": {"ansible_host": "10.0.0.7", "ansible_port": 2222, "tags": ["x"]}, "b": {}}},
        "all": {"children": ["ungrouped", "web"]}, "ungrouped": {"hosts": ["c"]}, "web": {"hosts": ["a", "b"]}}"#;
    let inventory = yaml(json).unwrap();
    assert_eq!(shown(&inventory.targets(Some("web")).unwrap()), ["a = 10.0.0.7 -p 2222", "b = b"]);
    assert_eq!(inventory.targets(None).unwrap().len(), 3);
}

#[test]
fn secrets_of_an_inventory_are_not_in_the_way() {
    let text = "
all:
  vars: &shared
    secret: !vault |
      $ANSIBLE_VAULT;1.1;AES256
      3132
    unsafe: !unsafe '{{ no }}'
  hosts:
    a: {<<: *shared, ansible_port: 23}
    b:24:
";
    assert_eq!(shown(&yaml(text).unwrap().targets(None).unwrap()), ["a = a -p 23", "b = b -p 24"]);
}

#[test]
fn groups_within_themselves_end() {
    let inventory = ini("[a:children]\nb\n[b:children]\na\n[b]\nx\n").unwrap();
    assert_eq!(shown(&inventory.targets(Some("a")).unwrap()), ["x = x"]);
}
