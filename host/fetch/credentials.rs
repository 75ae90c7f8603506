//! The user's credentials for a registry, as `docker login` keeps them: `config.json` in `$DOCKER_CONFIG` or `~/.docker`.
//!
//! Only what is in the file itself is read. Helper programs that keep credentials elsewhere are not started.

use std::collections::BTreeMap;
use std::env;
use std::fs;
use std::path::PathBuf;

use oci_client::secrets::RegistryAuth;
use serde::Deserialize;

#[derive(Default, Deserialize)]
struct DockerConfig {
    #[serde(default)]
    auths: BTreeMap<String, Entry>,
}

#[derive(Default, Deserialize)]
struct Entry {
    /// `user:password` in base64.
    auth: Option<String>,
    username: Option<String>,
    password: Option<String>,
}

/// The credentials for a registry; none where the file has none.
pub(super) fn of(registry: &str) -> RegistryAuth {
    let folder = env::var_os("DOCKER_CONFIG").map(PathBuf::from).or_else(|| env::home_dir().map(|home| home.join(".docker")));
    let text = folder.and_then(|folder| fs::read_to_string(folder.join("config.json")).ok()).unwrap_or_default();
    in_file(&text, registry).map_or(RegistryAuth::Anonymous, |(user, password)| RegistryAuth::Basic(user, password))
}

fn in_file(text: &str, registry: &str) -> Option<(String, String)> {
    let config: DockerConfig = serde_json::from_str(text).ok()?;
    let host = |key: &str| {
        let key = key.split_once("://").map_or(key, |(_, rest)| rest);
        key.split('/').next().unwrap_or(key).to_owned()
    };
    // Docker's own registry also goes by this older name.
    let names = if registry == "docker.io" { vec!["docker.io", "index.docker.io"] } else { vec![registry] };
    let (_, entry) = config.auths.into_iter().find(|(key, _)| names.contains(&host(key).as_str()))?;
    match (entry.username, entry.password, entry.auth) {
        (Some(user), Some(password), _) => Some((user, password)),
        (_, _, Some(auth)) => {
            let decoded = String::from_utf8(base64(&auth)?).ok()?;
            decoded.split_once(':').map(|(user, password)| (user.to_owned(), password.to_owned()))
        }
        _ => None,
    }
}

/// Decodes base64 (RFC 4648, section 4).
fn base64(text: &str) -> Option<Vec<u8>> {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let (mut bytes, mut bits, mut held) = (Vec::new(), 0u32, 0);
    for byte in text.trim_end_matches('=').bytes() {
        let value = ALPHABET.iter().position(|&known| known == byte)?;
        bits = bits << 6 | value as u32;
        held += 6;
        if held >= 8 {
            held -= 8;
            bytes.push((bits >> held) as u8);
            bits &= (1 << held) - 1;
        }
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn both(user: &str, password: &str) -> Option<(String, String)> {
        Some((user.to_owned(), password.to_owned()))
    }

    #[test]
    fn what_docker_login_writes_is_read() {
        let text = r#"{"auths": {"localhost:5000": {"auth": "bWU6c2VzYW1lOm9wZW4="}, "https://index.docker.io/v1/": {"auth": "YTpi"},
            "ghcr.io": {"username": "u", "password": "p"}}, "credsStore": "x"}"#;
        assert_eq!(in_file(text, "localhost:5000"), both("me", "sesame:open"));
        assert_eq!(in_file(text, "docker.io"), both("a", "b"));
        assert_eq!(in_file(text, "ghcr.io"), both("u", "p"));
        assert_eq!(in_file(text, "localhost:5001"), None);
    }

    #[test]
    fn what_is_not_understood_is_no_credential() {
        for text in ["", "[]", "{}", r#"{"auths": {"a.b": {"auth": "%%%"}}}"#, r#"{"auths": {"a.b": {"auth": "YWI="}}}"#] {
            assert_eq!(in_file(text, "a.b"), None, "{text}");
        }
    }

    #[test]
    fn base64_is_decoded() {
        for (text, bytes) in
            [("", ""), ("Zg==", "f"), ("Zm8=", "fo"), ("Zm9v", "foo"), ("Zm9vYg==", "foob"), ("Zm9vYmFy", "foobar")]
        {
            assert_eq!(base64(text).unwrap(), bytes.as_bytes());
        }
    }
}
