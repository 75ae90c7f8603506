//! Messages that are kept back while the screen is being drawn: they become part of the picture.

use std::sync::{Mutex, PoisonError};

static KEPT: Mutex<Option<String>> = Mutex::new(None);

/// From now on, messages are kept.
pub(crate) fn begin() {
    *kept() = Some(String::new());
}

/// Keeps a message, if messages are kept. Returns whether they are.
pub(crate) fn keep(text: &str) -> bool {
    kept().as_mut().map(|kept| kept.push_str(text)).is_some()
}

/// Stops keeping messages, and returns those that were kept.
pub(crate) fn take() -> String {
    kept().take().unwrap_or_default()
}

fn kept() -> std::sync::MutexGuard<'static, Option<String>> {
    KEPT.lock().unwrap_or_else(PoisonError::into_inner)
}
