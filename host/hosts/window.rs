//! How many machines are asked at once. At first only a few, so that their records come soon; then more with each that answers, and twice as
//! many after a while even where none has, up to the number that was asked for: logins that take seconds cost no processor here. A machine that is only waited for gives its place to another, so those that are down cost one wait together.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::{Instant, sleep_until};

/// The places.
#[derive(Clone)]
pub(super) struct Window(Arc<Inner>);

struct Inner {
    state: Mutex<State>,
    changed: Notify,
    /// How long it takes until there are twice as many.
    opening: Duration,
}

struct State {
    /// Places there are now.
    places: usize,
    /// Places there may be.
    most: usize,
    /// When there are twice as many.
    opens: Instant,
    taken: usize,
    /// Machines that are waited for besides.
    waiting: usize,
    /// As many as there may be of them, so that processes and files suffice.
    most_waiting: usize,
}

/// The place of one machine.
pub(super) struct Place {
    window: Window,
    kind: Kind,
    grown: bool,
}

#[derive(PartialEq, Eq)]
enum Kind {
    Taken,
    Waiting,
}

impl Window {
    /// A window of `first` places at the beginning, of twice as many after each `opening`, and of `most` in the end.
    pub(crate) fn new(first: usize, most: usize, most_waiting: usize, opening: Duration) -> Window {
        let opens = Instant::now() + opening;
        let state = State { places: first.min(most), most, opens, taken: 0, waiting: 0, most_waiting };
        Window(Arc::new(Inner { state: Mutex::new(state), changed: Notify::new(), opening }))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits for a place.
    pub(super) async fn place(&self) -> Place {
        loop {
            // Before looking, so that no change in between is missed.
            let changed = self.0.changed.notified();
            let opens = {
                let mut state = self.state();
                if state.places < state.most && Instant::now() >= state.opens {
                    state.places = (state.places * 2).min(state.most);
                    state.opens = Instant::now() + self.0.opening;
                }
                if state.taken < state.places {
                    state.taken += 1;
                    return Place { window: self.clone(), kind: Kind::Taken, grown: false };
                }
                (state.places < state.most).then_some(state.opens)
            };
            match opens {
                None => changed.await,
                Some(opens) => tokio::select! {
                    () = changed => {}
                    () = sleep_until(opens) => {}
                },
            }
        }
    }
}

impl Place {
    /// The machine has answered: there may be one more.
    pub(super) fn answered(&mut self) {
        {
            let mut state = self.window.state();
            if !std::mem::replace(&mut self.grown, true) && state.places < state.most {
                state.places += 1;
            }
            if self.kind == Kind::Waiting {
                self.kind = Kind::Taken;
                state.waiting -= 1;
                state.taken += 1;
            }
        }
        self.window.0.changed.notify_one();
    }

    /// The network waits for the machine, which costs nothing here: others may go before it.
    pub(super) fn waits(&mut self) {
        {
            let mut state = self.window.state();
            if self.kind == Kind::Waiting || state.waiting >= state.most_waiting {
                return;
            }
            self.kind = Kind::Waiting;
            state.taken -= 1;
            state.waiting += 1;
            if !std::mem::replace(&mut self.grown, true) && state.places < state.most {
                state.places += 1;
            }
        }
        self.window.0.changed.notify_one();
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        {
            let mut state = self.window.state();
            match self.kind {
                Kind::Taken => state.taken -= 1,
                Kind::Waiting => state.waiting -= 1,
            }
        }
        self.window.0.changed.notify_one();
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    const NEVER: Duration = Duration::from_secs(3600);

    /// Places that can be had without waiting.
    async fn free(window: &Window) -> Vec<Place> {
        let mut places = Vec::new();
        while let Ok(place) = tokio::time::timeout(Duration::from_millis(1), window.place()).await {
            places.push(place);
        }
        places
    }

    #[test]
    fn it_opens_with_each_answer_and_never_beyond_its_size() {
        outparse::runtime::new().unwrap().block_on(async {
            let window = Window::new(4, 6, 100, NEVER);
            let mut first = free(&window).await;
            assert_eq!(first.len(), 4);
            first[0].answered();
            first[0].answered();
            assert_eq!(free(&window).await.len(), 1);
            first.iter_mut().for_each(Place::answered);
            assert_eq!(free(&window).await.len(), 2);
            drop(first);
            assert_eq!(free(&window).await.len(), 6);
        });
    }

    #[test]
    fn it_opens_with_time_where_no_machine_answers() {
        outparse::runtime::new().unwrap().block_on(async {
            let opening = Duration::from_millis(50);
            let window = Window::new(2, 7, 0, opening);
            let begun = Instant::now();
            let mut places = Vec::new();
            for _ in 0..7 {
                places.push(window.place().await);
            }
            // Four after the first opening, seven after the second.
            assert!(begun.elapsed() >= opening * 2, "{:?}", begun.elapsed());
            assert!(tokio::time::timeout(opening * 3, window.place()).await.is_err());
        });
    }

    #[test]
    fn machines_that_are_waited_for_take_no_place() {
        outparse::runtime::new().unwrap().block_on(async {
            let window = Window::new(4, 4, 6, NEVER);
            let mut down = free(&window).await;
            down.iter_mut().for_each(Place::waits);
            let mut more = free(&window).await;
            assert_eq!(more.len(), 4);
            // No more than six: the others keep their places.
            more.iter_mut().for_each(Place::waits);
            assert_eq!(free(&window).await.len(), 2);
            drop(down);
            more[0].answered();
            assert_eq!(free(&window).await.len(), 1);
        });
    }
}
