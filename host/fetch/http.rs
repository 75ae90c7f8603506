//! Downloads a component from a URL.

use reqwest::{Client, ClientBuilder, Response, StatusCode, Url, redirect};

use super::terms::{CONNECT, Fetched, Terms, declined, is_loopback, too_large};
use outparse::error::Error;

/// How often a server may send us elsewhere.
const MOST_REDIRECTS: usize = 5;

pub(super) async fn fetch(url: &Url, terms: Terms) -> Result<Fetched, Error> {
    check_encrypted(url, terms.insecure)?;
    let response = client(terms)?.get(url.clone()).send().await.map_err(|error| failed(url.as_str(), error))?;
    let bytes = body(response, url.as_str(), terms.most).await?;
    Ok(Fetched { bytes, origin: url.to_string(), manifest: None })
}

/// A client that is patient, but not for ever, and stays encrypted wherever it is sent.
pub(super) fn client(terms: Terms) -> Result<Client, Error> {
    // A system without the certificates of any authority can still ask this machine over plain HTTP: the second client trusts no
    // encrypted server at all.
    builder(terms).build().or_else(|_| builder(terms).tls_certs_only([]).build()).map_err(|error| failed("the network", error))
}

fn builder(terms: Terms) -> ClientBuilder {
    let policy = redirect::Policy::custom(move |attempt| {
        if attempt.previous().len() > MOST_REDIRECTS {
            attempt.error("there are too many redirects")
        } else if check_encrypted(attempt.url(), terms.insecure).is_err() {
            attempt.error("it leads to a place that is not encrypted")
        } else {
            attempt.follow()
        }
    });
    Client::builder()
        .redirect(policy)
        .connect_timeout(CONNECT)
        .read_timeout(terms.silence)
        .user_agent(concat!("outparse/", env!("CARGO_PKG_VERSION")))
}

/// Plain HTTP is for this machine, or where the user says so.
fn check_encrypted(url: &Url, insecure: bool) -> Result<(), Error> {
    if url.scheme() == "https" || insecure || url.host_str().is_some_and(is_loopback) {
        return Ok(());
    }
    let why = format!("`{url}` is not encrypted: anyone on the way can change it");
    Err(declined(why, Some("give a URL with `https`, or `--insecure` if you know what you do")))
}

/// The body of an answer that is a success, no longer than `most`.
pub(super) async fn body(mut response: Response, what: &str, most: u64) -> Result<Vec<u8>, Error> {
    let status = response.status();
    if !status.is_success() {
        let hint = match status {
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => Some(
                "for a registry, credentials are read from the `auths` of `~/.docker/config.json`, as `docker login` writes them",
            ),
            _ => None,
        };
        return Err(declined(format!("`{what}` cannot be fetched: the server answers {status}"), hint));
    }
    if response.content_length().is_some_and(|length| length > most) {
        return Err(too_large(what, most));
    }
    let mut bytes = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|error| failed(what, error))? {
        if (bytes.len() + chunk.len()) as u64 > most {
            return Err(too_large(what, most));
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes)
}

/// An error of the connection, with its causes on one line.
pub(super) fn failed(what: &str, error: impl std::error::Error) -> Error {
    let mut causes = vec![error.to_string()];
    let mut cause = error.source();
    while let Some(error) = cause {
        causes.push(error.to_string());
        cause = error.source();
    }
    declined(format!("`{what}` cannot be fetched: {}", causes.join(": ")), None)
}
