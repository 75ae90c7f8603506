//! A web server on this machine that says what a test wants, true or not.

#![allow(dead_code, unreachable_pub, reason = "each test uses a part of it")]

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

/// What is answered to a request.
#[derive(Clone)]
pub struct Answer {
    status: String,
    headers: String,
    body: Vec<u8>,
    /// The length that is claimed; none for a body without end.
    length: Option<usize>,
}

impl Answer {
    pub fn ok(body: Vec<u8>) -> Answer {
        Answer { length: Some(body.len()), status: "200 OK".to_owned(), headers: String::new(), body }
    }

    pub fn status(status: &str) -> Answer {
        Answer { status: status.to_owned(), ..Answer::ok(Vec::new()) }
    }

    pub fn redirect(to: &str) -> Answer {
        Answer::status("302 Found").header("Location", to)
    }

    /// A body that goes on until nobody reads it.
    pub fn endless() -> Answer {
        Answer { length: None, ..Answer::ok(vec![0; 64 << 10]) }
    }

    /// The same with another status.
    pub fn but(self, status: &str) -> Answer {
        Answer { status: status.to_owned(), ..self }
    }

    pub fn claiming(self, length: usize) -> Answer {
        Answer { length: Some(length), ..self }
    }

    pub fn header(mut self, name: &str, value: &str) -> Answer {
        self.headers.push_str(&format!("{name}: {value}\r\n"));
        self
    }
}

/// The server. It ends with the test.
pub struct Server {
    address: String,
    seen: Arc<Mutex<Vec<String>>>,
}

impl Server {
    /// Answers these paths, and 404 to all others.
    pub fn start(paths: Vec<(impl Into<String>, Answer)>) -> Server {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let paths: Vec<(String, Answer)> = paths.into_iter().map(|(path, answer)| (path.into(), answer)).collect();
        let seen = Arc::new(Mutex::new(Vec::new()));
        let log = Arc::clone(&seen);
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let (paths, log) = (paths.clone(), Arc::clone(&log));
                // Whoever asks may go away at any time.
                std::thread::spawn(move || answer(&stream, &paths, &log).ok());
            }
        });
        Server { address, seen }
    }

    pub fn address(&self) -> &str {
        &self.address
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// The heads of the requests so far.
    pub fn requests(&self) -> Vec<String> {
        self.seen.lock().unwrap().clone()
    }
}

fn answer(mut stream: &TcpStream, paths: &[(String, Answer)], log: &Mutex<Vec<String>>) -> std::io::Result<()> {
    let mut head = String::new();
    let mut reader = BufReader::new(stream);
    while reader.read_line(&mut head)? > 2 {}
    let path = head.split_whitespace().nth(1).unwrap_or_default().to_owned();
    log.lock().unwrap().push(head);
    let missing = Answer::status("404 Not Found");
    let answer = paths.iter().find(|(known, _)| *known == path).map_or(&missing, |(_, answer)| answer);
    let length = answer.length.map(|length| format!("Content-Length: {length}\r\n")).unwrap_or_default();
    write!(stream, "HTTP/1.1 {}\r\nConnection: close\r\n{length}{}\r\n", answer.status, answer.headers)?;
    stream.write_all(&answer.body)?;
    while answer.length.is_none() {
        stream.write_all(&answer.body)?;
    }
    Ok(())
}
