//! Pulls a component from an OCI registry, in the layout for WebAssembly of the CNCF's runtime group
//! (<https://tag-runtime.cncf.io/wgs/wasm/deliverables/wasm-oci-artifact/>), which `wkg` writes: a manifest with a configuration of
//! its own media type and one layer, the component.
//!
//! The manifest is read here rather than by the client library, which would read a body without end.

use std::pin::Pin;
use std::task::{Context, Poll};

use oci_client::client::{ClientConfig, ClientProtocol};
use oci_client::errors::OciDistributionError;
use oci_client::manifest::{OCI_IMAGE_MEDIA_TYPE, OciImageManifest};
use oci_client::secrets::RegistryAuth;
use oci_client::{Client, ParseError, Reference, RegistryOperation};
use reqwest::Url;
use reqwest::header::ACCEPT;

use super::http::{self, body, check_encrypted, failed};
use super::{CONNECT, Fetched, SILENCE, Terms, credentials, declined, is_loopback, too_large};
use crate::error::Error;
use crate::registry::{is_sha256, sha256};

/// What the configuration of a WebAssembly artifact is.
const CONFIG: &str = "application/vnd.wasm.config.v0+json";

/// What its layer is.
const LAYER: &str = "application/wasm";

/// Bytes a manifest may have, as registries have it.
const MOST_OF_MANIFEST: u64 = 4 << 20;

/// Reads `HOST/REPOSITORY[:TAG|@DIGEST]`. The host is never guessed.
pub(super) fn parse(text: &str) -> Result<Reference, String> {
    if !names_registry(text) {
        return Err("it names no registry, as in `oci://ghcr.io/someone/df`".to_owned());
    }
    let reference: Reference = text.parse().map_err(|error: ParseError| error.to_string())?;
    if reference.digest().is_some_and(|digest| !digest.starts_with("sha256:")) {
        return Err("only digests of `sha256` are known here".to_owned());
    }
    Ok(reference)
}

/// Whether the first part is a host rather than a folder.
fn names_registry(text: &str) -> bool {
    let Some((host, _)) = text.split_once('/') else { return false };
    host == "localhost" || (host.contains(['.', ':']) && !host.starts_with('.'))
}

/// Whether a text without a scheme is a reference: a host, and a tag or digest behind the last slash.
pub(super) fn looks_like_one(text: &str) -> bool {
    names_registry(text) && text.rsplit('/').next().is_some_and(|last| last.contains([':', '@']))
}

pub(super) async fn fetch(reference: &Reference, terms: Terms) -> Result<Fetched, Error> {
    let what = format!("oci://{reference}");
    let registry = reference.resolve_registry();
    let loopback = Url::parse(&format!("http://{registry}")).is_ok_and(|url| url.host_str().is_some_and(is_loopback));
    let plain = loopback || terms.insecure;
    // A password goes nowhere where others can read it.
    let auth = if plain && !loopback { RegistryAuth::Anonymous } else { credentials::of(reference.registry()) };
    let client = Client::try_from(ClientConfig {
        protocol: if plain { ClientProtocol::Http } else { ClientProtocol::Https },
        connect_timeout: Some(CONNECT),
        read_timeout: Some(SILENCE),
        user_agent: concat!("outparse/", env!("CARGO_PKG_VERSION")),
        ..ClientConfig::default()
    });
    let client = client.map_err(|error| explain(&what, error))?;
    let token = client.auth(reference, &auth, RegistryOperation::Pull).await.map_err(|error| explain(&what, error))?;
    let (manifest, digest) = manifest(reference, plain, &auth, token, terms, &what).await?;
    let layer = layer(&manifest, &what)?;
    // It becomes a part of a URL.
    if !layer.digest.strip_prefix("sha256:").is_some_and(is_sha256) {
        return Err(declined(format!("`{what}` cannot be used: `{}` is no SHA-256", layer.digest), None));
    }
    if layer.size < 0 || layer.size as u64 > terms.most {
        return Err(too_large(&what, terms.most));
    }
    let mut bytes = Limited { bytes: Vec::new(), most: layer.size as usize, exceeded: false };
    // By its digest alone: a layer may also name URLs, which lead anywhere.
    let pulled = client.pull_blob(reference, layer.digest.as_str(), &mut bytes).await;
    if bytes.exceeded {
        return Err(declined(format!("`{what}` cannot be fetched: the layer has more bytes than the manifest says"), None));
    }
    pulled.map_err(|error| explain(&what, error))?;
    // The library has compared it too; here nothing depends on that.
    if format!("sha256:{}", sha256(&bytes.bytes)) != layer.digest {
        return Err(not_what_was_promised(&what, "layer"));
    }
    Ok(Fetched { bytes: bytes.bytes, origin: what, manifest: Some(digest) })
}

/// The manifest and its digest, compared with the one that was asked for.
async fn manifest(
    reference: &Reference,
    plain: bool,
    auth: &RegistryAuth,
    token: Option<String>,
    terms: Terms,
    what: &str,
) -> Result<(OciImageManifest, String), Error> {
    let version = reference.digest().or(reference.tag()).unwrap_or("latest");
    let scheme = if plain { "http" } else { "https" };
    let url = format!("{scheme}://{}/v2/{}/manifests/{version}", reference.resolve_registry(), reference.repository());
    let url = Url::parse(&url).map_err(|error| failed(what, error))?;
    check_encrypted(&url, terms.insecure)?;
    let request = http::client(terms.insecure)?.get(url).header(ACCEPT, OCI_IMAGE_MEDIA_TYPE);
    let request = match (token, auth) {
        (Some(token), _) => request.bearer_auth(token),
        (None, RegistryAuth::Basic(user, password)) => request.basic_auth(user, Some(password)),
        (None, _) => request,
    };
    let response = request.send().await.map_err(|error| failed(what, error))?;
    let bytes = body(response, what, MOST_OF_MANIFEST).await?;
    let digest = format!("sha256:{}", sha256(&bytes));
    if reference.digest().is_some_and(|asked| asked != digest) {
        return Err(not_what_was_promised(what, "manifest"));
    }
    let manifest = serde_json::from_slice(&bytes)
        .map_err(|error| declined(format!("`{what}` cannot be used: its manifest makes no sense: {error}"), None))?;
    Ok((manifest, digest))
}

/// The layer that is the component.
fn layer<'a>(manifest: &'a OciImageManifest, what: &str) -> Result<&'a oci_client::manifest::OciDescriptor, Error> {
    let hint = "a plugin is published with `wkg oci push`, which writes the media types for WebAssembly";
    let config = &manifest.config.media_type;
    if config != CONFIG {
        let why = format!("`{what}` is no WebAssembly: its configuration is `{config}` rather than `{CONFIG}`");
        return Err(declined(why, Some(hint)));
    }
    match &manifest.layers[..] {
        [layer] if layer.media_type == LAYER => Ok(layer),
        [layer] => Err(declined(
            format!("`{what}` is no WebAssembly: its layer is `{}` rather than `{LAYER}`", layer.media_type),
            Some(hint),
        )),
        layers => Err(declined(format!("`{what}` has {} layers, and a plugin has one", layers.len()), Some(hint))),
    }
}

fn not_what_was_promised(what: &str, part: &str) -> Error {
    declined(format!("`{what}` cannot be used: the {part} that came does not have the digest that was promised"), None)
}

fn explain(what: &str, error: OciDistributionError) -> Error {
    match error {
        OciDistributionError::DigestError(_) => not_what_was_promised(what, "layer"),
        OciDistributionError::AuthenticationFailure(_) | OciDistributionError::UnauthorizedError { .. } => declined(
            format!("`{what}` cannot be fetched: the registry wants other credentials"),
            Some("credentials are read from the `auths` of `~/.docker/config.json`, as `docker login` writes them"),
        ),
        OciDistributionError::ServerError { code, .. } => {
            declined(format!("`{what}` cannot be fetched: the registry answers {code}"), None)
        }
        error => failed(what, error),
    }
}

/// Takes so many bytes and no more.
struct Limited {
    bytes: Vec<u8>,
    most: usize,
    exceeded: bool,
}

impl tokio::io::AsyncWrite for Limited {
    fn poll_write(mut self: Pin<&mut Self>, _: &mut Context<'_>, bytes: &[u8]) -> Poll<std::io::Result<usize>> {
        if self.bytes.len() + bytes.len() > self.most {
            self.exceeded = true;
            return Poll::Ready(Err(std::io::Error::other("there are too many bytes")));
        }
        self.bytes.extend_from_slice(bytes);
        Poll::Ready(Ok(bytes.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}
