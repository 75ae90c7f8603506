//! Fetches components, from a file, a URL, or an OCI registry; and publishes them in a registry.
//!
//! What is at the other end is anyone's: no more than the allowed bytes are read, everything has a time limit, what has a digest is
//! compared with it, and nothing travels unencrypted except to this machine or where the user says so. Whether the bytes are a plugin
//! is for the sandbox to say.

mod credentials;
mod file;
mod http;
mod oci;
mod terms;

use std::path::{Path, PathBuf};

use reqwest::Url;

use outparse::error::Error;
use terms::declined;
pub use terms::{Component, Fetched, Terms};

/// Where a component is.
#[derive(Clone, Debug, PartialEq)]
pub enum Reference {
    /// In a file.
    File(PathBuf),
    /// At a URL.
    Url(Url),
    /// In a registry.
    Oci(oci_client::Reference),
}

impl Reference {
    /// Reads `FILE`, `https://…`, `oci://HOST/REPOSITORY[:TAG|@DIGEST]`, or `HOST/REPOSITORY:TAG`. A file that exists is taken as
    /// a file.
    pub fn parse(text: &str) -> Result<Reference, Error> {
        let wrong = |why: &dyn std::fmt::Display| Error::Usage(format!("`{text}` is no reference to a plugin: {why}"));
        match text.split_once("://") {
            Some(("oci", reference)) => oci::parse(reference).map(Reference::Oci).map_err(|why| wrong(&why)),
            Some(("https" | "http", _)) => {
                let url = Url::parse(text).map_err(|error| wrong(&error))?;
                // It would end up in the lock file.
                if !url.username().is_empty() || url.password().is_some() {
                    return Err(wrong(&"it has a password in it"));
                }
                Ok(Reference::Url(url))
            }
            Some((scheme, _)) => Err(wrong(&format!("`{scheme}` is not spoken here; give a file, `https://…` or `oci://…`"))),
            None if Path::new(text).exists() || !oci::looks_like_one(text) => Ok(Reference::File(text.into())),
            None => oci::parse(text).map(Reference::Oci).map_err(|why| wrong(&why)),
        }
    }

    /// Fetches the component.
    pub fn fetch(&self, terms: Terms) -> Result<Fetched, Error> {
        match self {
            Reference::File(path) => file::fetch(path, terms.most),
            Reference::Url(url) => self.online(terms, http::fetch(url, terms)),
            Reference::Oci(reference) => self.online(terms, oci::fetch(reference, terms)),
        }
    }

    /// Publishes a component in a registry. Returns the digest of its manifest.
    pub fn publish(&self, component: &Component<'_>, terms: Terms) -> Result<String, Error> {
        match self {
            Reference::Oci(reference) if reference.digest().is_none() => {
                self.online(terms, oci::push(reference, component, terms))
            }
            _ => Err(Error::Usage(format!("`{self}` is no place in a registry, as in `oci://ghcr.io/someone/df:1.0`"))),
        }
    }

    /// Does something with a server, within the time limit.
    fn online<T>(&self, terms: Terms, work: impl Future<Output = Result<T, Error>>) -> Result<T, Error> {
        // The TLS library has no cryptography of its own. An error only says that this has been set before.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let runtime = outparse::runtime::new()?;
        let late = || declined(format!("`{self}` did not answer within {:?}", terms.all), None);
        runtime.block_on(async { tokio::time::timeout(terms.all, work).await }).unwrap_or_else(|_| Err(late()))
    }
}

impl std::fmt::Display for Reference {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Reference::File(path) => write!(f, "{}", path.display()),
            Reference::Url(url) => write!(f, "{url}"),
            Reference::Oci(reference) => write!(f, "oci://{reference}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};
    use std::net::TcpListener;
    use std::thread;
    use std::time::Duration;

    use super::*;

    #[test]
    fn references_are_told_apart() {
        let shown = |text: &str| match Reference::parse(text).unwrap() {
            Reference::File(path) => format!("file {}", path.display()),
            other => other.to_string(),
        };
        assert_eq!(shown("df.wasm"), "file df.wasm");
        assert_eq!(shown("./a/b"), "file ./a/b");
        assert_eq!(shown("a/b"), "file a/b");
        assert_eq!(shown("a/b:c"), "file a/b:c");
        assert_eq!(shown("Cargo.toml/b:c"), "oci://Cargo.toml/b:c");
        assert_eq!(shown("localhost:5000/a/df:1.0"), "oci://localhost:5000/a/df:1.0");
        assert_eq!(shown("ghcr.io/a/df:1.0"), "oci://ghcr.io/a/df:1.0");
        assert_eq!(shown("plugins.d/df.wasm"), "file plugins.d/df.wasm");
        assert_eq!(shown("oci://ghcr.io/a/df"), "oci://ghcr.io/a/df:latest");
        let digest = format!("oci://ghcr.io/a/df@sha256:{}", "0".repeat(64));
        assert_eq!(shown(&digest), digest);
        assert_eq!(shown("https://example.com/df.wasm"), "https://example.com/df.wasm");
    }

    #[test]
    fn what_is_no_reference_is_refused() {
        for (text, why) in [
            ("ftp://a/b.wasm", "`ftp` is not spoken here"),
            ("https://", "empty host"),
            ("https://me:word@example.com/x", "password"),
            ("oci://df", "it names no registry"),
            ("oci://ghcr.io/UPPER/df", "invalid reference format"),
            ("oci://ghcr.io/a@sha256:12", "invalid reference format"),
        ] {
            let error = Reference::parse(text).unwrap_err().to_string();
            assert!(error.contains(why), "{text}: {error}");
        }
    }

    /// A server that sends this and then a byte now and then, or nothing more.
    fn slow(head: &'static str, drips: bool) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            // An answer before the question would be another error.
            let mut question = [0; 1000];
            let _ = stream.read(&mut question).unwrap();
            stream.write_all(head.as_bytes()).unwrap();
            while !drips || stream.write_all(b"x").is_ok() {
                thread::sleep(Duration::from_millis(20));
            }
        });
        address.to_string()
    }

    fn why(reference: &str, terms: Terms) -> String {
        Reference::parse(reference).unwrap().fetch(terms).unwrap_err().to_string()
    }

    #[test]
    fn a_server_that_falls_silent_is_not_waited_for() {
        let terms = Terms { silence: Duration::from_millis(100), ..Terms::new(1000, false) };
        for head in ["", "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf"] {
            let error = why(&format!("http://{}/a.wasm", slow(head, false)), terms);
            assert!(error.contains("cannot be fetched") && error.contains("timed out"), "{error}");
            let error = why(&format!("oci://{}/a:1", slow("", false)), terms);
            // Whichever of the two limits is reached first.
            assert!(error.contains("cannot be fetched") && (error.contains("timed out") || error.contains("elapsed")), "{error}");
        }
    }

    #[test]
    fn a_server_that_sends_a_byte_now_and_then_is_not_waited_for() {
        let terms = Terms { all: Duration::from_millis(300), ..Terms::new(1000, false) };
        let error = why(&format!("http://{}/a.wasm", slow("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n", true)), terms);
        assert!(error.ends_with("did not answer within 300ms"), "{error}");
    }
}
