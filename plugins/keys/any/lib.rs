//! Keys and certificates: `openssl x509`, `gpg --with-colons` and `certbot`.

pub mod certbot;
pub mod certificate;
pub mod gpg;
pub mod x509;

pub use certbot::Certbot;
pub use certificate::Certificate;
pub use gpg::Gpg;
pub use x509::X509;

outparse_sdk::export!(
    "keys-any",
    env!("CARGO_PKG_VERSION"),
    "Keys and certificates, as openssl, gpg and certbot print them";
    X509, Gpg, Certbot
);
