use std::fs;
use std::os::unix::fs::PermissionsExt;

use tempfile::TempDir;

use super::*;

fn about(name: &str) -> Description {
    let parser = Parser {
        name: name.to_owned(),
        summary: "Reads df".to_owned(),
        commands: vec!["df".to_owned()],
        dialect: "mine".to_owned(),
        platforms: vec!["plan9".to_owned()],
        ..Parser::default()
    };
    Description {
        name: name.to_owned(),
        version: "1.0.0".to_owned(),
        summary: "Reads df".to_owned(),
        catalogue: None,
        parsers: vec![parser],
    }
}

fn add(folder: &TempDir, name: &str, bytes: &[u8], replace: bool) -> Result<Added, Error> {
    let about = about(name);
    let addition = Addition { about: &about, bytes, origin: "/tmp/a \"b\".wasm".to_owned(), manifest: None };
    super::add(folder.path(), &addition, replace)
}

fn private() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o700)).unwrap();
    folder
}

fn names(folder: &TempDir) -> Vec<String> {
    read(folder.path()).unwrap().iter().map(|plugin| plugin.name.clone()).collect()
}

#[test]
fn what_was_added_is_found_by_name_until_it_is_removed() {
    let folder = private();
    assert_eq!(names(&folder), Vec::<String>::new());
    assert_eq!(add(&folder, "b", b"two", false).unwrap(), Added::New);
    assert_eq!(add(&folder, "a", b"one", false).unwrap(), Added::New);
    assert_eq!(names(&folder), ["a", "b"]);
    assert_eq!(read(folder.path()).unwrap()[0].read(3).unwrap(), b"one");
    assert_eq!(super::remove(folder.path(), "a").unwrap().unwrap().sha256, sha256(b"one"));
    assert_eq!(super::remove(folder.path(), "a").unwrap(), None);
    assert_eq!(names(&folder), ["b"]);
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2, "the lock and one component");
}

#[test]
fn another_digest_replaces_only_where_asked() {
    let folder = private();
    add(&folder, "a", b"one", false).unwrap();
    assert_eq!(add(&folder, "a", b"one", false).unwrap(), Added::Same);
    let refused = add(&folder, "a", b"two", false).unwrap_err();
    let text = refused.to_string();
    assert!(text.contains(&sha256(b"one")) && text.contains(&sha256(b"two")), "{text}");
    assert!(refused.hint().unwrap().contains("--replace"));
    assert_eq!(read(folder.path()).unwrap()[0].read(3).unwrap(), b"one");
    assert_eq!(add(&folder, "a", b"two", true).unwrap(), Added::Replaced("1.0.0".to_owned(), sha256(b"one")));
    assert_eq!(read(folder.path()).unwrap()[0].read(3).unwrap(), b"two");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2, "the one before is gone");
}

#[test]
fn a_component_that_was_changed_is_not_loaded() {
    let folder = private();
    add(&folder, "a", b"one", false).unwrap();
    let installed = read(folder.path()).unwrap().remove(0);
    fs::write(&installed.file, b"two").unwrap();
    assert_eq!(installed.read(3), Err(Fault::Changed { recorded: sha256(b"one"), found: sha256(b"two") }));
    assert_eq!(add(&folder, "a", b"one", false).unwrap(), Added::New, "adding it again mends it");
    assert_eq!(installed.read(3).unwrap(), b"one");
    fs::remove_file(&installed.file).unwrap();
    assert!(installed.read(3).unwrap_err().to_string().contains("No such file"));
}

#[test]
fn a_lock_that_others_can_write_to_is_not_used() {
    let folder = private();
    add(&folder, "a", b"one", false).unwrap();
    let lock = folder.path().join(NAME);
    fs::set_permissions(&lock, fs::Permissions::from_mode(0o666)).unwrap();
    assert!(read(folder.path()).unwrap_err().to_string().contains("others can write to it"));
    fs::set_permissions(&lock, fs::Permissions::from_mode(0o600)).unwrap();
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o777)).unwrap();
    assert!(read(folder.path()).unwrap_err().to_string().contains("others can write to its folder"));
    assert!(add(&folder, "a", b"one", false).is_err());
}

#[test]
fn a_damaged_lock_is_an_error_that_says_so() {
    let folder = private();
    let broken = |text: &[u8]| {
        trust::write(&folder.path().join(NAME), &[text]).unwrap();
        read(folder.path()).unwrap_err().to_string()
    };
    assert!(broken(b"version = 1\n").contains("its version is 1"));
    assert!(broken(b"version = \n").contains("line 1"));
    assert!(broken(b"\xff").contains("it is not text"));
    add_line(&folder, "../../x");
    assert!(read(folder.path()).unwrap_err().to_string().contains("`../../x` is no SHA-256"));
    assert!(broken(&vec![b'#'; MOST_BYTES as usize + 1]).contains("more than 4194304 bytes"));
}

fn add_line(folder: &TempDir, digest: &str) {
    fs::remove_file(folder.path().join(NAME)).unwrap();
    add(folder, "a", b"one", false).unwrap();
    let text = fs::read_to_string(folder.path().join(NAME)).unwrap();
    trust::write(&folder.path().join(NAME), &[text.replace(&sha256(b"one"), digest).as_bytes()]).unwrap();
}

#[test]
fn the_file_reads_well() {
    let folder = private();
    add(&folder, "a", b"one", false).unwrap();
    let text = fs::read_to_string(folder.path().join(NAME)).unwrap();
    assert!(text.starts_with("# The plugins that were added with `outparse plugin add`"), "{text}");
    let entry = text.split_once("[[plugin]]\n").unwrap().1;
    assert_eq!(
        entry,
        format!(
            "name = \"a\"\nversion = \"1.0.0\"\nsummary = \"Reads df\"\norigin = '/tmp/a \"b\".wasm'\nsha256 = \"{}\"\n\n\
             [[plugin.parsers]]\nname = \"a\"\nsummary = \"Reads df\"\ncommands = [\"df\"]\ndialect = \"mine\"\n\
             platforms = [\"plan9\"]\nplatform_bound = false\nverbatim = false\n",
            sha256(b"one")
        )
    );
}

#[test]
fn plugins_that_are_added_at_once_are_all_kept() {
    let folder = private();
    std::thread::scope(|scope| {
        for number in 0..8 {
            let folder = &folder;
            scope.spawn(move || add(folder, &format!("p{number}"), format!("{number}").as_bytes(), false).unwrap());
        }
    });
    assert_eq!(names(&folder).len(), 8);
}
