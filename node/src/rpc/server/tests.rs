// SPDX-License-Identifier: Apache-2.0

use super::*;
use jsonrpsee::{core::RpcResult, server::BatchRequestConfig};
use std::{
	future::pending,
	io::{Read, Write},
	net::TcpStream,
	thread::sleep,
};

const UPGRADE: &[u8] = b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\n\
	Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\
	Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";

const ANSWER: &str = r#"{"jsonrpc":"2.0","id":1,"method":"answer"}"#;
const NEVER: &str = r#"{"jsonrpc":"2.0","id":1,"method":"never"}"#;

/// Longer than anything takes here.
const LONG: Duration = Duration::from_secs(20);

/// Longer than the server keeps what was answered.
const WHILE: Duration = Duration::from_millis(500);

/// A server with a method that answers and one that never does.
struct Server {
	address: SocketAddr,
	requests: Budget,
	_threads: Threads,
}

impl Server {
	fn start(rate_limit: Option<NonZeroU32>) -> Self {
		let mut methods = RpcModule::new(());
		methods.register_method("answer", |_, _, _| "").unwrap();
		methods.register_async_method("never", |_, _, _| pending::<RpcResult<()>>()).unwrap();
		let gates = Gates { short: Gate::new(1, PATIENCE), long: Gate::new(1, PATIENCE) };
		let requests = Budget::new(REQUESTS);
		let shared = Shared {
			methods: methods.into(),
			gates,
			requests: requests.clone(),
			metrics: None,
			logged: 0,
		};
		let endpoint = RpcEndpoint {
			listen_addr: ([127, 0, 0, 1], 0).into(),
			batch_config: BatchRequestConfig::Unlimited,
			max_connections: 1,
			max_payload_in_mb: 1,
			max_payload_out_mb: 1,
			max_subscriptions_per_connection: 1,
			max_buffer_capacity_per_connection: 1,
			rate_limit,
			rate_limit_trust_proxy_headers: false,
			rate_limit_whitelisted_ips: Vec::new(),
			cors: None,
			rpc_methods: RpcMethods::Auto,
			is_optional: false,
			retry_random_port: false,
		};
		let threads = Threads::start(1).unwrap();
		let address = threads.calls().block_on(async {
			let listener = listen(endpoint.listen_addr, false).await.unwrap();
			let address = listener.local_addr().unwrap();
			tokio::spawn(Door::new(shared, endpoint, address).unwrap().welcome(listener));
			address
		});
		Self { address, requests, _threads: threads }
	}

	/// Wait until requests take at least so many bytes, or none.
	fn wait_until(&self, wanted: u64) {
		let since = Instant::now();
		let taken = || self.requests.taken();
		while if wanted == 0 { taken() > 0 } else { taken() < wanted } {
			assert!(since.elapsed() < LONG, "{} bytes are taken", taken());
			sleep(Duration::from_millis(1));
		}
	}
}

/// A client over a WebSocket.
struct Client(TcpStream);

impl Client {
	fn open(server: &Server) -> Self {
		let mut socket = TcpStream::connect(server.address).unwrap();
		socket.set_read_timeout(Some(LONG)).unwrap();
		socket.write_all(UPGRADE).unwrap();
		let mut head = Vec::new();
		while !head.ends_with(b"\r\n\r\n") {
			let mut byte = [0];
			socket.read_exact(&mut byte).unwrap();
			head.extend(byte);
		}
		assert!(head.starts_with(b"HTTP/1.1 101"));
		Self(socket)
	}

	fn send(&mut self, message: &str) {
		let mut frame = vec![0x81, 126];
		frame.extend((message.len() as u16).to_be_bytes());
		frame.extend(message.as_bytes());
		self.0.write_all(&frame).unwrap();
	}

	/// Read up to a message that is no ping.
	fn receive(&mut self) {
		loop {
			let mut header = [0; 2];
			self.0.read_exact(&mut header).unwrap();
			self.0.read_exact(&mut vec![0; header[1].into()]).unwrap();
			if header[0] == 0x81 {
				return;
			}
		}
	}
}

/// A message with so many bytes more than it needs.
fn padded(message: &str, bytes: usize) -> String {
	format!("{message}{}", " ".repeat(bytes))
}

#[test]
fn a_call_takes_room_while_its_rate_makes_it_wait() {
	let server = Server::start(NonZeroU32::new(1));
	let mut client = Client::open(&server);
	client.send(ANSWER);
	client.receive();
	server.wait_until(0);
	client.send(&padded(ANSWER, 10_000));
	server.wait_until(10_000);
	sleep(WHILE);
	assert!(server.requests.taken() > 10_000);
}

#[test]
fn a_batch_takes_room_until_its_last_call_is_answered() {
	let server = Server::start(None);
	let mut client = Client::open(&server);
	client.send(&padded(&format!("[{ANSWER},{NEVER}]"), 10_000));
	server.wait_until(10_000);
	sleep(WHILE);
	assert!(server.requests.taken() > 10_000);
}

#[test]
fn what_is_answered_takes_no_room_though_nothing_follows() {
	let server = Server::start(None);
	let mut client = Client::open(&server);
	client.send(&padded(ANSWER, 10_000));
	client.receive();
	server.wait_until(0);
}
