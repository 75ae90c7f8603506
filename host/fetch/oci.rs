//! Pulls a component from an OCI registry and publishes one there, in the layout for WebAssembly of the CNCF's runtime group
//! (<https://tag-runtime.cncf.io/wgs/wasm/deliverables/wasm-oci-artifact/>), which `wkg` writes: a manifest with a configuration of
//! its own media type and one layer, the component.
//!
//! References, manifests and the ways to log in are the client library's. Manifests and blobs are read here: the library would
//! read the body of an error without limit.

use oci_client::client::{ClientConfig, ClientProtocol, Config, ImageLayer};
use oci_client::errors::OciDistributionError;
use oci_client::manifest::{OCI_IMAGE_MEDIA_TYPE, OciImageManifest};
use oci_client::secrets::RegistryAuth;
use oci_client::{Client, ParseError, Reference, RegistryOperation};
use reqwest::Url;
use reqwest::header::ACCEPT;
use tokio::time::timeout;

use super::credentials;
use super::http::{self, body, failed};
use super::terms::{CONNECT, Component, Fetched, Terms, declined, is_loopback};
use outparse::error::Error;
use outparse::registry::{is_sha256, sha256};

/// The media type of the configuration of a WebAssembly artifact.
const CONFIG: &str = "application/vnd.wasm.config.v0+json";

/// The media type of its layer.
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

/// Whether a text without a scheme is a reference: a host, and a tag or digest after the last slash.
pub(super) fn looks_like_one(text: &str) -> bool {
    names_registry(text) && text.rsplit('/').next().is_some_and(|last| last.contains([':', '@']))
}

pub(super) async fn fetch(reference: &Reference, terms: Terms) -> Result<Fetched, Error> {
    let registry = Registry::open(reference, terms).await?;
    let what = &registry.what;
    let version = reference.digest().or(reference.tag()).unwrap_or("latest");
    let manifest = registry.get(&format!("manifests/{version}"), MOST_OF_MANIFEST).await?;
    let digest = format!("sha256:{}", sha256(&manifest));
    if reference.digest().is_some_and(|asked| asked != digest) {
        return Err(not_what_was_promised(what, "manifest"));
    }
    let manifest: OciImageManifest = serde_json::from_slice(&manifest)
        .map_err(|error| declined(format!("`{what}` cannot be used: its manifest makes no sense: {error}"), None))?;
    let layer = layer(&manifest, what)?;
    // The digest becomes a part of a URL.
    if !layer.digest.strip_prefix("sha256:").is_some_and(is_sha256) {
        return Err(declined(format!("`{what}` cannot be used: `{}` is no SHA-256", layer.digest), None));
    }
    // By its digest alone: a layer may also name URLs, which lead anywhere.
    let bytes = registry.get(&format!("blobs/{}", layer.digest), terms.most).await?;
    if format!("sha256:{}", sha256(&bytes)) != layer.digest {
        return Err(not_what_was_promised(what, "layer"));
    }
    Ok(Fetched { bytes, origin: registry.what, manifest: Some(digest) })
}

/// A repository of a registry, with what lets us read it.
struct Registry {
    what: String,
    /// Where the repository's manifests and blobs are.
    base: Url,
    client: reqwest::Client,
    auth: RegistryAuth,
}

impl Registry {
    async fn open(reference: &Reference, terms: Terms) -> Result<Registry, Error> {
        let what = format!("oci://{reference}");
        let plain = is_plain(reference, terms.insecure);
        let scheme = if plain { "http" } else { "https" };
        let registry = format!("{scheme}://{}/v2/", reference.resolve_registry());
        let registry = Url::parse(&registry).map_err(|error| failed(&what, error))?;
        let base = registry.join(&format!("{}/", reference.repository())).map_err(|error| failed(&what, error))?;
        let client = http::client(terms)?;
        // The library cannot do without the certificates of authorities. A small system has none, and needs none where nothing is
        // encrypted and nobody asks who we are.
        let auth = if plain && lets_everyone_in(&client, registry).await {
            identity(reference, plain)
        } else {
            log_in(reference, terms, RegistryOperation::Pull).await?.1
        };
        Ok(Registry { what, base, client, auth })
    }

    /// Reads a manifest or a blob, no longer than `most`.
    async fn get(&self, path: &str, most: u64) -> Result<Vec<u8>, Error> {
        let url = self.base.join(path).map_err(|error| failed(&self.what, error))?;
        let request = self.client.get(url).header(ACCEPT, format!("{OCI_IMAGE_MEDIA_TYPE}, */*;q=0.5"));
        let request = match &self.auth {
            RegistryAuth::Anonymous => request,
            RegistryAuth::Basic(user, password) => request.basic_auth(user, Some(password)),
            RegistryAuth::Bearer(token) => request.bearer_auth(token),
        };
        body(request.send().await.map_err(|error| failed(&self.what, error))?, &self.what, most).await
    }
}

/// Whether the registry is spoken to without encryption.
fn is_plain(reference: &Reference, insecure: bool) -> bool {
    insecure || is_here(reference)
}

/// Whether the registry is on this machine.
fn is_here(reference: &Reference) -> bool {
    Url::parse(&format!("http://{}", reference.resolve_registry())).is_ok_and(|url| url.host_str().is_some_and(is_loopback))
}

/// Whether a registry asks nobody to log in.
async fn lets_everyone_in(client: &reqwest::Client, registry: Url) -> bool {
    client.get(registry).send().await.is_ok_and(|answer| answer.status().is_success())
}

/// As whom we come. A password is never sent where others can read it.
fn identity(reference: &Reference, plain: bool) -> RegistryAuth {
    if plain && !is_here(reference) { RegistryAuth::Anonymous } else { credentials::of(reference.registry()) }
}

/// A client of the reference's registry that has logged in, and what it may show there.
async fn log_in(reference: &Reference, terms: Terms, operation: RegistryOperation) -> Result<(Client, RegistryAuth), Error> {
    let what = format!("oci://{reference}");
    let plain = is_plain(reference, terms.insecure);
    let auth = identity(reference, plain);
    let client = Client::try_from(ClientConfig {
        protocol: if plain { ClientProtocol::Http } else { ClientProtocol::Https },
        connect_timeout: Some(CONNECT),
        read_timeout: Some(terms.silence),
        ..ClientConfig::default()
    });
    let client = client.map_err(|error| explain(&what, error))?;
    let token = timeout(terms.silence, client.auth(reference, &auth, operation)).await;
    let token = token.map_err(|error| failed(&what, error))?.map_err(|error| explain(&what, error))?;
    Ok((client, token.map_or(auth, RegistryAuth::Bearer)))
}

/// Publishes a component. Returns the digest of its manifest.
pub(super) async fn push(reference: &Reference, component: &Component<'_>, terms: Terms) -> Result<String, Error> {
    let what = format!("oci://{reference}");
    let (client, auth) = log_in(reference, terms, RegistryOperation::Push).await?;
    let layer = ImageLayer::new(component.bytes.to_vec(), LAYER.to_owned(), None);
    let config = serde_json::json!({
        "architecture": "wasm",
        // The system that components are published for. That this one needs nothing of it shows in its empty imports.
        "os": "wasip2",
        "layerDigests": [layer.sha256_digest()],
        "component": { "exports": component.exports, "imports": [] },
    });
    let config = Config::new(config.to_string().into_bytes(), CONFIG.to_owned(), None);
    let titles = [("org.opencontainers.image.title", component.name), ("org.opencontainers.image.version", component.version)];
    let titles = titles.map(|(key, value)| (key.to_owned(), value.to_owned()));
    let annotations = titles.into_iter().chain(component.annotations.iter().cloned()).collect();
    let manifest = OciImageManifest::build(std::slice::from_ref(&layer), &config, Some(annotations));
    let manifest = OciImageManifest { media_type: Some(OCI_IMAGE_MEDIA_TYPE.to_owned()), ..manifest };
    client.push(reference, &[layer], config, &auth, Some(manifest)).await.map_err(|error| explain(&what, error))?;
    client.fetch_manifest_digest(reference, &auth).await.map_err(|error| explain(&what, error))
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
        OciDistributionError::AuthenticationFailure(_) | OciDistributionError::UnauthorizedError { .. } => declined(
            format!("`{what}` cannot be reached: the registry wants other credentials"),
            Some("credentials are read from the `auths` of `~/.docker/config.json`, as `docker login` writes them"),
        ),
        OciDistributionError::ServerError { code, .. } => {
            declined(format!("`{what}` cannot be reached: the registry answers {code}"), None)
        }
        error => failed(what, error),
    }
}
