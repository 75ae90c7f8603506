//! Keys and certificates: `openssl x509`, files in PEM and DER, `gpg --with-colons` and `certbot`.

pub mod certbot;
pub mod certificate;
mod der;
pub mod der_file;
pub mod gpg;
pub mod pem;
pub mod x509;

pub use certbot::Certbot;
pub use certificate::Certificate;
pub use der_file::DerFile;
pub use gpg::Gpg;
pub use pem::PemFile;
pub use x509::X509;

outparse_sdk::export!(
    "keys-any",
    env!("CARGO_PKG_VERSION"),
    "Keys and certificates, as openssl, gpg and certbot print them and files in PEM and DER have them";
    X509, PemFile, DerFile, Gpg, Certbot
);
