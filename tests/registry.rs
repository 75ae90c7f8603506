//! Plugins from OCI registries: a real one (Debian's `docker-registry`, on this machine), and servers that lie.
//!
//! Where `docker-registry` is not installed, the tests that need it are listed as ignored; with `OUTPARSE_TEST_ALL=1` they fail.

#![allow(missing_docs, clippy::unwrap_used, clippy::panic, reason = "a test")]

mod common;
#[path = "common/guest.rs"]
mod guest;
#[path = "common/server.rs"]
mod server;

use std::collections::BTreeMap;
use std::fs;
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;

use common::{Ran, Sandbox, until};
use guest::{Guest, digest};
use libtest_mimic::{Arguments, Failed, Trial};
use oci_client::client::{ClientConfig, ClientProtocol, Config, ImageLayer};
use oci_client::secrets::RegistryAuth;
use oci_client::{Client, Reference};
use server::{Answer, Server};

const CONFIG: &str = "application/vnd.wasm.config.v0+json";
const LAYER: &str = "application/wasm";

/// The user `me` with the password `sesame`, as htpasswd(1) keeps it with bcrypt.
const USER: &str = "me:$2a$04$CEig35x5MbVSNpMleQxtKurG78tY2NhSDuIW2QFZJjROLzh29aw2e\n";

/// A test that needs the real registry.
type RealTest = fn(&Registry);

fn main() {
    let arguments = Arguments::from_args();
    let mut trials = vec![
        trial("a_manifest_with_another_digest_is_refused", a_manifest_with_another_digest_is_refused),
        trial("a_layer_with_another_digest_is_refused", a_layer_with_another_digest_is_refused),
        trial("what_has_no_end_or_is_too_large_is_refused", what_has_no_end_or_is_too_large_is_refused),
        trial("what_is_no_webassembly_is_refused", what_is_no_webassembly_is_refused),
        trial("a_manifest_that_makes_no_sense_is_refused", a_manifest_that_makes_no_sense_is_refused),
        trial("a_registry_that_is_not_there_is_an_error", a_registry_that_is_not_there_is_an_error),
        trial("foreign_urls_of_a_layer_are_never_followed", foreign_urls_of_a_layer_are_never_followed),
        trial("a_token_is_fetched_where_the_registry_says", a_token_is_fetched_where_the_registry_says),
        trial("credentials_go_to_their_own_registry_alone", credentials_go_to_their_own_registry_alone),
    ];
    let real: [(&str, RealTest); 9] = [
        ("real::a_private_registry_wants_credentials", a_private_registry_wants_credentials),
        ("real::what_is_published_can_be_added", what_is_published_can_be_added),
        ("real::what_is_published_says_what_it_is", what_is_published_says_what_it_is),
        ("real::a_signature_that_is_demanded_is_asked_for", a_signature_that_is_demanded_is_asked_for),
        ("real::a_plugin_is_pulled_by_tag_and_by_digest", a_plugin_is_pulled_by_tag_and_by_digest),
        ("real::where_nothing_is_encrypted_no_authority_is_needed", where_nothing_is_encrypted_no_authority_is_needed),
        ("real::a_tag_that_moved_is_noticed", a_tag_that_moved_is_noticed),
        ("real::what_is_not_there_is_an_error", what_is_not_there_is_an_error),
        ("real::another_kind_of_image_is_refused", another_kind_of_image_is_refused),
    ];
    let missing = Command::new("docker-registry").arg("--version").stdout(Stdio::null()).status().is_err();
    let fail = std::env::var_os("OUTPARSE_TEST_ALL").is_some();
    let registry = (!missing).then(|| Arc::new(Registry::start("")));
    for (name, test) in real {
        let registry = registry.clone();
        let run = move || {
            let registry = registry.ok_or("`docker-registry` is not installed")?;
            test(&registry);
            Ok::<(), Failed>(())
        };
        trials.push(Trial::test(name, run).with_ignored_flag(missing && !fail));
    }
    if missing && !fail {
        eprintln!("`docker-registry` is not installed: the tests under `real` are not run (apt-get install docker-registry)");
    }
    let conclusion = libtest_mimic::run(&arguments, trials);
    drop(registry);
    conclusion.exit();
}

fn trial(name: &str, test: fn()) -> Trial {
    Trial::test(name, move || {
        test();
        Ok(())
    })
}

fn home() -> Sandbox {
    Sandbox::new(&[("df", guest::DF)])
}

#[track_caller]
fn refused(home: &Sandbox, reference: &str, why: &str) {
    let mut add = home.outparse(&["plugin", "add", reference]);
    let ran = Ran::from(add.output().unwrap());
    assert_eq!(ran.code, 125, "{ran:?}");
    ran.says(why);
    assert!(!home.path("data").exists(), "nothing is installed");
}

/// Debian's registry with its files in a folder of its own.
struct Registry {
    process: Child,
    address: String,
    _folder: tempfile::TempDir,
}

impl Registry {
    /// Starts it with more in its configuration.
    fn start(more: &str) -> Registry {
        let folder = tempfile::tempdir().unwrap();
        // Free now; that another program takes it before the registry does is unlikely.
        let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
        let config = folder.path().join("config.yml");
        let text = format!(
            "version: 0.1\nlog:\n  level: error\nstorage:\n  filesystem:\n    rootdirectory: {}\nhttp:\n  addr: {address}\n{more}",
            folder.path().join("files").display()
        );
        fs::write(&config, text).unwrap();
        let log = fs::File::create(folder.path().join("log")).unwrap();
        let process = Command::new("docker-registry")
            .arg("serve")
            .arg(&config)
            .stdin(Stdio::null())
            .stdout(log.try_clone().unwrap())
            .stderr(log)
            .spawn()
            .unwrap();
        let registry = Registry { process, address, _folder: folder };
        until("the registry answers", || TcpStream::connect(&registry.address).ok());
        registry
    }

    fn reference(&self, rest: &str) -> String {
        format!("oci://{}/{rest}", self.address)
    }

    /// Publishes bytes as an artifact of these media types. Returns the digest of the manifest.
    fn push(&self, rest: &str, bytes: &[u8], config: &str, layer: &str) -> String {
        let reference: Reference = format!("{}/{rest}", self.address).parse().unwrap();
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = Client::new(ClientConfig { protocol: ClientProtocol::Http, ..ClientConfig::default() });
        let layers = [ImageLayer::new(bytes.to_vec(), layer.to_owned(), None)];
        let config = Config::new(br#"{"architecture":"wasm","os":"wasip2"}"#.to_vec(), config.to_owned(), None);
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            client.push(&reference, &layers, config, &RegistryAuth::Anonymous, None).await.unwrap();
            client.fetch_manifest_digest(&reference, &RegistryAuth::Anonymous).await.unwrap()
        })
    }
}

impl Drop for Registry {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn a_plugin_is_pulled_by_tag_and_by_digest(registry: &Registry) {
    let guest = Guest::new("df-mine").platforms(&["plan9"]);
    let manifest = registry.push("someone/df:1.0", &guest.component(), CONFIG, LAYER);
    for reference in [
        registry.reference("someone/df:1.0"),
        registry.reference(&format!("someone/df@{manifest}")),
        format!("{}/someone/df:1.0", registry.address),
    ] {
        let home = home();
        let ran = home.run(&["plugin", "add", &reference]);
        assert_eq!(ran.code, 0, "{ran:?}");
        let ran = home.run(&["--platform", "plan9", "df"]);
        assert_eq!(ran.column("word"), ["good"]);
        let listed = home.run(&["plugin", "list", "--format", "json"]).records();
        let entry = listed.iter().find(|plugin| plugin["name"] == "df-mine").unwrap();
        assert_eq!(entry["origin"], format!("oci://{}", reference.trim_start_matches("oci://")));
        assert_eq!(
            (entry["sha256"].as_str(), entry["manifest"].as_str()),
            (Some(&*digest(&guest.component())), Some(&*manifest))
        );
    }
}

/// As on a small system that has no certificates of authorities.
fn where_nothing_is_encrypted_no_authority_is_needed(registry: &Registry) {
    let guest = Guest::new("df-mine").platforms(&["plan9"]);
    registry.push("someone/plain:1.0", &guest.component(), CONFIG, LAYER);
    let home = home();
    fs::write(home.path("none.pem"), "").unwrap();
    let ran = |arguments: &[&str]| {
        let mut run = home.outparse(arguments);
        Ran::from(run.env("SSL_CERT_FILE", home.path("none.pem")).env("SSL_CERT_DIR", home.path("none")).output().unwrap())
    };
    let added = ran(&["plugin", "add", &registry.reference("someone/plain:1.0")]);
    assert_eq!(added.code, 0, "{added:?}");
    assert_eq!(ran(&["--platform", "plan9", "df"]).column("word"), ["good"]);
    let encrypted = ran(&["plugin", "add", "oci://localhost.invalid/someone/plain:1.0"]);
    assert_eq!(encrypted.code, 125, "{encrypted:?}");
    encrypted.says("No CA certificates were loaded");
}

fn what_is_published_can_be_added(registry: &Registry) {
    let home = home();
    fs::write(home.path("mine.wasm"), Guest::new("df-mine").component()).unwrap();
    let reference = registry.reference("someone/pushed:1.0");
    let pushed = home.run(&["plugin", "push", "./mine.wasm", &reference]);
    assert_eq!(pushed.code, 0, "{pushed:?}");
    let digest = pushed.stdout.trim_end().rsplit('@').next().unwrap();
    let added = home.run(&["plugin", "add", &registry.reference(&format!("someone/pushed@{digest}"))]);
    assert_eq!(added.code, 0, "{added:?}");
    fs::write(home.path("text.wasm"), "text").unwrap();
    let nothing = home.run(&["plugin", "push", "./text.wasm", &registry.reference("someone/text:1.0")]);
    assert_eq!(nothing.code, 125);
    nothing.says("is no WebAssembly");
    let nowhere = home.run(&["plugin", "push", "./mine.wasm", "https://example.com/mine.wasm"]);
    assert_eq!(nowhere.code, 2);
    nowhere.says("is no place in a registry");
}

fn what_is_published_says_what_it_is(registry: &Registry) {
    let home = home();
    let mut bytes = Guest::new("df-mine").platforms(&["plan9", "linux"]).component();
    // What `wasm-tools metadata` writes into a component: custom sections with a text each.
    for (name, text) in [("licenses", "MIT"), ("source", "https://example.com/df"), ("revision", "abc123")] {
        bytes.extend([0, (1 + name.len() + text.len()) as u8, name.len() as u8]);
        bytes.extend(name.bytes().chain(text.bytes()));
    }
    fs::write(home.path("mine.wasm"), bytes).unwrap();
    let pushed = home.run(&["plugin", "push", "./mine.wasm", &registry.reference("someone/said:1.0")]);
    assert_eq!(pushed.code, 0, "{pushed:?}");
    let url = format!("http://{}/v2/someone/said/manifests/1.0", registry.address);
    let accept = "Accept: application/vnd.oci.image.manifest.v1+json";
    let answer = Command::new("curl").args(["-sf", "-H", accept, &url]).output().unwrap();
    let manifest: serde_json::Value = serde_json::from_slice(&answer.stdout).unwrap();
    for (name, text) in [
        ("org.opencontainers.image.title", "df-mine"),
        ("org.opencontainers.image.version", "1.0.0"),
        ("org.opencontainers.image.licenses", "MIT"),
        ("org.opencontainers.image.source", "https://example.com/df"),
        ("org.opencontainers.image.revision", "abc123"),
        ("outparse.plugin.commands", "df"),
        ("outparse.plugin.platforms", "plan9,linux"),
    ] {
        assert_eq!(manifest["annotations"][name], text, "{manifest:#}");
    }
    let interface = manifest["annotations"]["outparse.plugin.interface"].as_str().unwrap();
    assert!(interface.starts_with("outparse:plugin/parser@"), "{interface}");
    assert!(!manifest["annotations"]["org.opencontainers.image.description"].as_str().unwrap().is_empty());
}

fn a_signature_that_is_demanded_is_asked_for(registry: &Registry) {
    let manifest = registry.push("someone/signed:1.0", &Guest::new("df-mine").component(), CONFIG, LAYER);
    let reference = registry.reference("someone/signed:1.0");
    let add = |cosign: Option<&str>| {
        let home = home();
        home.install("config", "[trust]\ncosign = ['--key', 'mine.pub']\n", "644");
        if let Some(script) = cosign {
            home.install("cosign", &format!("#!/bin/sh\necho \"$@\" > asked; {script}\n"), "755");
        }
        let mut add = home.outparse(&["plugin", "add", &reference]);
        let ran = Ran::from(add.env("OUTPARSE_CONFIG", home.path("config")).output().unwrap());
        assert_eq!(home.path("data").exists(), ran.code == 0, "{ran:?}");
        (ran, fs::read_to_string(home.path("asked")).unwrap_or_default())
    };
    let (confirmed, asked) = add(Some("exit 0"));
    assert_eq!(confirmed.code, 0, "{confirmed:?}");
    // What was fetched, by its digest, and not by a tag that can move meanwhile.
    assert_eq!(asked, format!("verify --key mine.pub {}/someone/signed@{manifest}\n", registry.address));
    let (denied, _) = add(Some("echo 'no matching signatures' >&2; exit 10"));
    assert_eq!(denied.code, 125, "{denied:?}");
    denied.says("`cosign verify` ended with exit status: 10: no matching signatures");
    let (killed, _) = add(Some("kill -9 $$"));
    assert_eq!(killed.code, 125, "{killed:?}");
    let (missing, _) = add(None);
    assert_eq!(missing.code, 125, "{missing:?}");
    missing.says("`cosign` cannot be run");
}

fn a_private_registry_wants_credentials(_: &Registry) {
    let users = tempfile::NamedTempFile::new().unwrap();
    fs::write(users.path(), USER).unwrap();
    let private = Registry::start(&format!("auth:\n  htpasswd:\n    realm: here\n    path: {}\n", users.path().display()));
    let home = home();
    fs::write(home.path("mine.wasm"), Guest::new("df-mine").component()).unwrap();
    let reference = private.reference("someone/df:1.0");
    refused(&home, &reference, "401 Unauthorized");
    fs::create_dir(home.path("docker")).unwrap();
    let log_in = |auth: &str| {
        let auths: BTreeMap<_, _> = [(&private.address, serde_json::json!({"auth": auth}))].into();
        fs::write(home.path("docker/config.json"), serde_json::json!({"auths": auths}).to_string()).unwrap();
    };
    // `me:open`, then `me:sesame`.
    log_in("bWU6b3Blbg==");
    refused(&home, &reference, "401 Unauthorized");
    log_in("bWU6c2VzYW1l");
    let pushed = home.run(&["plugin", "push", "./mine.wasm", &reference]);
    assert_eq!(pushed.code, 0, "{pushed:?}");
    let added = home.run(&["plugin", "add", &reference]);
    assert_eq!(added.code, 0, "{added:?}");
}

fn a_tag_that_moved_is_noticed(registry: &Registry) {
    let home = home();
    let (one, two) = (Guest::new("df-mine"), Guest::new("df-mine").version("2.0.0"));
    registry.push("someone/moving:latest", &one.component(), CONFIG, LAYER);
    let reference = registry.reference("someone/moving");
    assert_eq!(home.run(&["plugin", "add", &reference]).code, 0);
    registry.push("someone/moving:latest", &two.component(), CONFIG, LAYER);
    let moved = home.run(&["plugin", "add", &reference]);
    assert_eq!(moved.code, 125);
    moved.says(&digest(&one.component()));
    moved.says(&digest(&two.component()));
    assert_eq!(home.run(&["plugin", "add", "--replace", &reference]).code, 0);
}

fn what_is_not_there_is_an_error(registry: &Registry) {
    refused(&home(), &registry.reference("someone/nothing:1.0"), "the server answers 404 Not Found");
}

fn another_kind_of_image_is_refused(registry: &Registry) {
    let component = Guest::new("df-mine").component();
    registry.push("someone/image:1.0", &component, "application/vnd.oci.image.config.v1+json", LAYER);
    refused(&home(), &registry.reference("someone/image:1.0"), "its configuration is `application/vnd.oci.image.config.v1+json`");
    registry.push("someone/layer:1.0", &component, CONFIG, "application/vnd.oci.image.layer.v1.tar+gzip");
    refused(&home(), &registry.reference("someone/layer:1.0"), "its layer is `application/vnd.oci.image.layer.v1.tar+gzip`");
}

/// A manifest of one layer that claims these.
fn manifest(digest: &str, size: usize) -> serde_json::Value {
    serde_json::json!({
        "schemaVersion": 2,
        "config": {"mediaType": CONFIG, "digest": format!("sha256:{}", "0".repeat(64)), "size": 2},
        "layers": [{"mediaType": LAYER, "digest": format!("sha256:{digest}"), "size": size}],
    })
}

/// A registry that has one manifest, tagged `1`, and one blob under the digest of these bytes.
fn lying(manifest: &serde_json::Value, component: &[u8], blob: Answer) -> Server {
    Server::start(vec![
        ("/v2/".to_owned(), Answer::ok(b"{}".to_vec())),
        ("/v2/a/manifests/1".to_owned(), Answer::ok(manifest.to_string().into_bytes())),
        (format!("/v2/a/blobs/sha256:{}", digest(component)), blob),
    ])
}

fn reference(server: &Server, rest: &str) -> String {
    format!("oci://{}/{rest}", server.address())
}

fn a_manifest_with_another_digest_is_refused() {
    let component = Guest::new("df-mine").component();
    let manifest = manifest(&digest(&component), component.len());
    let asked = digest(b"another");
    let server = Server::start(vec![
        ("/v2/".to_owned(), Answer::ok(b"{}".to_vec())),
        (format!("/v2/a/manifests/sha256:{asked}"), Answer::ok(manifest.to_string().into_bytes())),
        (format!("/v2/a/blobs/sha256:{}", digest(&component)), Answer::ok(component.clone())),
    ]);
    refused(
        &home(),
        &reference(&server, &format!("a@sha256:{asked}")),
        "the manifest that came does not have the digest that was promised",
    );
    let honest = lying(&manifest, &component, Answer::ok(component.clone()));
    let ran = home().run(&["plugin", "add", &reference(&honest, "a:1")]);
    assert_eq!(ran.code, 0, "the same without the lie is installed: {ran:?}");
}

fn a_layer_with_another_digest_is_refused() {
    let (one, two) = (Guest::new("df-mine").component(), Guest::new("df-evil").component());
    let server = lying(&manifest(&digest(&one), two.len()), &one, Answer::ok(two.clone()));
    refused(&home(), &reference(&server, "a:1"), "the layer that came does not have the digest that was promised");
    // Also when the server says that the digest is right.
    let claims = Answer::ok(two.clone()).header("Docker-Content-Digest", &format!("sha256:{}", digest(&two)));
    let server = lying(&manifest(&digest(&one), two.len()), &one, claims);
    refused(&home(), &reference(&server, "a:1"), "the layer that came does not have the digest that was promised");
}

fn what_has_no_end_or_is_too_large_is_refused() {
    let component = Guest::new("df-mine").component();
    let honest = manifest(&digest(&component), component.len());
    for blob in [Answer::endless(), Answer::ok(vec![0; (64 << 20) + 1])] {
        let server = lying(&honest, &component, blob);
        refused(&home(), &reference(&server, "a:1"), "has more than 67108864 bytes");
    }
    let error = lying(&honest, &component, Answer::endless().but("404 Not Found"));
    refused(&home(), &reference(&error, "a:1"), "the server answers 404 Not Found");
    let short = lying(&honest, &component, Answer::ok(component[..9].to_vec()).claiming(component.len()));
    refused(&home(), &reference(&short, "a:1"), "cannot be fetched");
    let endless = Server::start(vec![("/v2/", Answer::ok(b"{}".to_vec())), ("/v2/a/manifests/1", Answer::endless())]);
    refused(&home(), &reference(&endless, "a:1"), "has more than 4194304 bytes");
}

fn what_is_no_webassembly_is_refused() {
    let component = Guest::new("df-mine").component();
    let honest = manifest(&digest(&component), component.len());
    let changed = |change: &dyn Fn(&mut serde_json::Value)| {
        let mut manifest = honest.clone();
        change(&mut manifest);
        lying(&manifest, &component, Answer::ok(component.clone()))
    };
    let untyped = changed(&|manifest| manifest["layers"][0]["mediaType"] = "text/plain".into());
    refused(&home(), &reference(&untyped, "a:1"), "its layer is `text/plain` rather than `application/wasm`");
    let none = changed(&|manifest| manifest["layers"] = serde_json::json!([]));
    refused(&home(), &reference(&none, "a:1"), "has 0 layers, and a plugin has one");
    let steering = changed(&|manifest| manifest["config"]["mediaType"] = "\u{1b}[31m".into());
    refused(&home(), &reference(&steering, "a:1"), "its configuration is `\\u{1b}[31m`");
}

fn a_manifest_that_makes_no_sense_is_refused() {
    for (body, why) in [
        (&b"{\"schemaVersion\": 2"[..], "its manifest makes no sense"),
        (b"[]", "its manifest makes no sense"),
        (b"\xff\xfe", "its manifest makes no sense"),
        (br#"{"schemaVersion":2,"config":{},"layers":[{}]}"#, "its manifest makes no sense"),
    ] {
        let server = Server::start(vec![("/v2/", Answer::ok(b"{}".to_vec())), ("/v2/a/manifests/1", Answer::ok(body.to_vec()))]);
        refused(&home(), &reference(&server, "a:1"), why);
    }
    let component = Guest::new("df-mine").component();
    let mut untyped = manifest(&digest(&component), component.len());
    untyped["layers"][0].as_object_mut().unwrap().remove("mediaType");
    let server = lying(&untyped, &component, Answer::ok(component.clone()));
    refused(&home(), &reference(&server, "a:1"), "its manifest makes no sense: ");
    let mut nowhere = manifest(&digest(&component), component.len());
    nowhere["layers"][0]["digest"] = "../../secret".into();
    let server = lying(&nowhere, &component, Answer::ok(component.clone()));
    refused(&home(), &reference(&server, "a:1"), "`../../secret` is no SHA-256");
    assert!(!server.requests().iter().any(|head| head.contains("secret")));
}

fn a_registry_that_is_not_there_is_an_error() {
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    refused(&home(), &format!("oci://{free}/a:1"), "cannot be fetched");
    let closed = Server::start(vec![("/v2/", Answer::status("500 Internal Server Error"))]);
    refused(&home(), &reference(&closed, "a:1"), "404 Not Found");
    let private =
        Server::start(vec![("/v2/", Answer::ok(Vec::new())), ("/v2/a/manifests/1", Answer::status("401 Unauthorized"))]);
    let home = home();
    let ran = home.run(&["plugin", "add", &reference(&private, "a:1")]);
    ran.says("the server answers 401 Unauthorized");
    ran.says("hint: for a registry, credentials are read from");
}

fn foreign_urls_of_a_layer_are_never_followed() {
    let component = Guest::new("df-mine").component();
    let elsewhere = Server::start(vec![("/x", Answer::ok(component.clone()))]);
    let mut manifest = manifest(&digest(&component), component.len());
    manifest["layers"][0]["urls"] = serde_json::json!([elsewhere.url("/x")]);
    let server = lying(&manifest, &component, Answer::status("404 Not Found"));
    refused(&home(), &reference(&server, "a:1"), "cannot be fetched");
    assert_eq!(elsewhere.requests(), Vec::<String>::new());
}

fn a_token_is_fetched_where_the_registry_says() {
    let component = Guest::new("df-mine").component();
    let manifest = manifest(&digest(&component), component.len()).to_string().into_bytes();
    let tokens =
        Server::start(vec![("/token?scope=repository%3Aa%3Apull&service=s", Answer::ok(br#"{"token":"open"}"#.to_vec()))]);
    let challenge = format!("Bearer realm=\"{}\",service=\"s\"", tokens.url("/token"));
    let server = Server::start(vec![
        ("/v2/".to_owned(), Answer::status("401 Unauthorized").header("WWW-Authenticate", &challenge)),
        ("/v2/a/manifests/1".to_owned(), Answer::ok(manifest)),
        (format!("/v2/a/blobs/sha256:{}", digest(&component)), Answer::ok(component)),
    ]);
    let ran = home().run(&["plugin", "add", &reference(&server, "a:1")]);
    assert_eq!(ran.code, 0, "{ran:?}");
    let with_token = server.requests().iter().filter(|head| head.to_lowercase().contains("authorization: bearer open")).count();
    assert_eq!(with_token, 2, "the manifest and the layer");
}

fn credentials_go_to_their_own_registry_alone() {
    let component = Guest::new("df-mine").component();
    let manifest = manifest(&digest(&component), component.len()).to_string().into_bytes();
    let start = || {
        Server::start(vec![
            ("/v2/".to_owned(), Answer::status("401 Unauthorized").header("WWW-Authenticate", "Basic realm=\"here\"")),
            ("/v2/a/manifests/1".to_owned(), Answer::ok(manifest.clone())),
            (format!("/v2/a/blobs/sha256:{}", digest(&component)), Answer::ok(component.clone())),
        ])
    };
    let (mine, other) = (start(), start());
    let home = home();
    fs::create_dir(home.path("docker")).unwrap();
    let auths: BTreeMap<_, _> = [(mine.address(), serde_json::json!({"auth": "bWU6c2VzYW1l"}))].into();
    fs::write(home.path("docker/config.json"), serde_json::json!({"auths": auths}).to_string()).unwrap();
    for server in [&mine, &other] {
        let ran = home.run(&["plugin", "add", &reference(server, "a:1")]);
        assert_eq!(ran.code, 0, "{ran:?}");
    }
    let with_password = |server: &Server| {
        server.requests().iter().filter(|head| head.to_lowercase().contains("authorization: basic bwu6c2vzyw1l")).count()
    };
    assert_eq!((with_password(&mine), with_password(&other)), (2, 0), "the manifest and the layer");
    let lock = fs::read_to_string(home.path("data/outparse/plugins/plugins.lock")).unwrap();
    assert!(!lock.contains("sesame") && !lock.contains("bWU6"), "{lock}");
}
