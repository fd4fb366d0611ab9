// SPDX-License-Identifier: Apache-2.0

//! Sockets whose bytes are counted before the server sees them, and bodies of requests likewise.

use super::meter::{Meter, Reading, Receipt};
use hyper::body::{Body, Bytes, Frame, SizeHint};
use jsonrpsee::{core::BoxError, server::HttpBody};
use std::{
	future::Future,
	io,
	pin::Pin,
	sync::Arc,
	task::{ready, Context, Poll},
	time::Instant,
};
use tokio::{
	io::{AsyncRead, AsyncWrite, ReadBuf},
	time::{sleep, Sleep},
};

/// A socket whose bytes are counted.
pub struct Socket<S> {
	inner: S,
	meter: Arc<Meter>,
	/// What was read and may not be passed on yet.
	rest: Vec<u8>,
	pause: Option<Pin<Box<Sleep>>>,
}

impl<S> Socket<S> {
	/// Count what comes from a socket.
	pub fn new(inner: S, meter: Arc<Meter>) -> Self {
		Self { inner, meter, rest: Vec::new(), pause: None }
	}

	fn count(&self, bytes: &[u8]) -> io::Result<usize> {
		self.meter.count(bytes, Instant::now()).map_err(|_| no_room())
	}

	/// Wait until the socket may be read.
	fn poll_turn(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
		loop {
			if self.meter.is_closed(context) {
				return Poll::Ready(Err(no_room()));
			}
			let Reading { now, again } = self.meter.reading(context, Instant::now());
			if let Some(time) = again {
				let pause = self.pause.get_or_insert_with(|| Box::pin(sleep(time)));
				if pause.as_mut().poll(context).is_ready() {
					self.pause = None;
					continue;
				}
			}
			return if now { Poll::Ready(Ok(())) } else { Poll::Pending };
		}
	}

	/// Say whether what is written has to wait.
	fn wrote<T>(&self, result: Poll<T>) -> Poll<T> {
		self.meter.writing(result.is_pending(), Instant::now());
		result
	}
}

fn no_room() -> io::Error {
	io::Error::new(io::ErrorKind::ConnectionReset, "no room for what the connection sends")
}

impl<S: AsyncRead + Unpin> AsyncRead for Socket<S> {
	fn poll_read(
		mut self: Pin<&mut Self>,
		context: &mut Context<'_>,
		buffer: &mut ReadBuf<'_>,
	) -> Poll<io::Result<()>> {
		ready!(self.poll_turn(context))?;
		if self.rest.is_empty() {
			let before = buffer.filled().len();
			ready!(Pin::new(&mut self.inner).poll_read(context, buffer))?;
			let read = buffer.filled().get(before..).unwrap_or_default();
			let passed = self.count(read)?;
			self.rest.extend_from_slice(read.get(passed..).unwrap_or_default());
			buffer.set_filled(before.saturating_add(passed));
		} else {
			let most = self.rest.len().min(buffer.remaining());
			let passed = self.count(self.rest.get(..most).unwrap_or_default())?;
			buffer.put_slice(self.rest.get(..passed).unwrap_or_default());
			self.rest.drain(..passed);
		}
		Poll::Ready(Ok(()))
	}
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Socket<S> {
	fn poll_write(
		mut self: Pin<&mut Self>,
		context: &mut Context<'_>,
		bytes: &[u8],
	) -> Poll<io::Result<usize>> {
		let result = Pin::new(&mut self.inner).poll_write(context, bytes);
		self.wrote(result)
	}

	fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
		Pin::new(&mut self.inner).poll_flush(context)
	}

	fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
		Pin::new(&mut self.inner).poll_shutdown(context)
	}

	fn poll_write_vectored(
		mut self: Pin<&mut Self>,
		context: &mut Context<'_>,
		bytes: &[io::IoSlice<'_>],
	) -> Poll<io::Result<usize>> {
		let result = Pin::new(&mut self.inner).poll_write_vectored(context, bytes);
		self.wrote(result)
	}

	fn is_write_vectored(&self) -> bool {
		self.inner.is_write_vectored()
	}
}

/// The body of a request, whose bytes are counted.
pub struct Counted {
	body: HttpBody,
	receipt: Arc<Receipt>,
}

impl Counted {
	/// Count the bytes of a body.
	pub fn new(body: HttpBody, receipt: Arc<Receipt>) -> Self {
		Self { body, receipt }
	}
}

impl Body for Counted {
	type Data = Bytes;
	type Error = BoxError;

	fn poll_frame(
		mut self: Pin<&mut Self>,
		context: &mut Context<'_>,
	) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
		let frame = ready!(Pin::new(&mut self.body).poll_frame(context));
		Poll::Ready(frame.map(|frame| {
			let frame = frame?;
			let bytes = frame.data_ref().map_or(0, Bytes::len);
			self.receipt.take(bytes as u64).map_err(|_| no_room())?;
			Ok(frame)
		}))
	}

	fn is_end_stream(&self) -> bool {
		self.body.is_end_stream()
	}

	fn size_hint(&self) -> SizeHint {
		self.body.size_hint()
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::rpc::{budget::Budget, meter::MESSAGE, source::Source};
	use futures::task::noop_waker;
	use std::{
		net::IpAddr,
		sync::atomic::{AtomicBool, Ordering},
		task::{Wake, Waker},
	};

	const HEAD: &[u8] = b"GET / HTTP/1.1\r\nUpgrade: websocket\r\n\r\n";
	/// How many bytes a message may have.
	const LONGEST: u64 = 1024 * 1024;
	const FRAMES: &[u8] = &[0x81, 1, b'{', 0x81, 2, b'{', b'}'];

	fn source(last: u8) -> Source {
		IpAddr::from([10, 0, 0, last]).into()
	}

	/// Read so many bytes at most.
	fn read<S: AsyncRead + Unpin>(
		socket: &mut Socket<S>,
		most: usize,
	) -> Poll<io::Result<Vec<u8>>> {
		read_or_wake(socket, most, &noop_waker())
	}

	fn read_or_wake<S: AsyncRead + Unpin>(
		socket: &mut Socket<S>,
		most: usize,
		waker: &Waker,
	) -> Poll<io::Result<Vec<u8>>> {
		let mut bytes = vec![0; most];
		let mut buffer = ReadBuf::new(&mut bytes);
		let result = Pin::new(socket).poll_read(&mut Context::from_waker(waker), &mut buffer);
		result.map_ok(|()| buffer.filled().to_vec())
	}

	#[tokio::test]
	async fn all_bytes_are_passed_on_and_those_behind_a_head_in_a_piece_of_their_own() {
		let stream = [HEAD, FRAMES].concat();
		let meter = Meter::new(Budget::new(10_000).account(source(1)), LONGEST);
		let mut socket = Socket::new(&stream[..], meter.clone());
		assert!(matches!(read(&mut socket, 1000), Poll::Ready(Ok(bytes)) if bytes == HEAD));
		assert!(read(&mut socket, 1000).is_pending());
		assert!(meter.asked(true));
		assert!(matches!(read(&mut socket, 3), Poll::Ready(Ok(bytes)) if bytes == FRAMES[..3]));
		assert!(matches!(read(&mut socket, 1000), Poll::Ready(Ok(bytes)) if bytes == FRAMES[3..]));
		assert!(matches!(read(&mut socket, 1000), Poll::Ready(Ok(bytes)) if bytes.is_empty()));
	}

	/// The stream behind the head, of a connection with an account.
	fn frames<S: AsyncRead + Unpin>(stream: S, budget: &Budget) -> Socket<S> {
		let meter = Meter::new(budget.account(source(1)), LONGEST);
		let mut socket = Socket::new(stream, meter.clone());
		assert!(read(&mut socket, HEAD.len()).is_ready());
		assert!(meter.asked(true));
		socket
	}

	#[tokio::test]
	async fn a_socket_ends_before_a_frame_for_which_there_is_no_room() {
		let stream = [HEAD, FRAMES].concat();
		let mut socket = frames(&stream[..], &Budget::new(MESSAGE + 2));
		assert!(matches!(read(&mut socket, 3), Poll::Ready(Ok(_))));
		assert!(matches!(read(&mut socket, 2), Poll::Ready(Err(_))));
	}

	#[tokio::test]
	async fn a_socket_ends_when_others_need_its_room() {
		let stream = [HEAD, FRAMES].concat();
		let budget = Budget::new(MESSAGE + 4);
		let mut socket = frames(&stream[..], &budget);
		assert!(matches!(read(&mut socket, 6), Poll::Ready(Ok(_))));
		budget.account(source(2)).take(2).unwrap();
		assert!(matches!(read(&mut socket, 1), Poll::Ready(Err(_))));
	}

	#[tokio::test]
	async fn a_stream_ends_before_it_is_read_otherwise_than_it_is_counted() {
		// The server skips as many bytes as both pieces have, and so the header of the ping, which says that
		// nothing that follows is counted.
		let (first, second) = (14_u64, LONGEST);
		let mut stream = [HEAD, &[0x01, 127], &first.to_be_bytes()].concat();
		stream.extend(vec![0; first as usize]);
		stream.extend([&[0x80, 127][..], &second.to_be_bytes()].concat());
		stream.extend(vec![0; second as usize]);
		stream.extend([&[0x89, 127][..], &(1_u64 << 60).to_be_bytes()].concat());
		stream.extend(FRAMES);
		let mut socket = frames(&stream[..], &Budget::new(10 * LONGEST));
		let mut passed = 0;
		let end = loop {
			match read(&mut socket, 10) {
				Poll::Ready(Ok(bytes)) if bytes.is_empty() => break Ok(()),
				Poll::Ready(Ok(bytes)) => passed += bytes.len(),
				Poll::Ready(Err(error)) => break Err(error),
				Poll::Pending => unreachable!("there is more"),
			}
		};
		assert!(end.is_err() && passed < 100, "{passed} bytes, then {end:?}");
	}

	/// A peer that sends, and takes what is written to it or not.
	struct Peer<'a> {
		sends: &'a [u8],
		takes: bool,
	}

	impl AsyncRead for Peer<'_> {
		fn poll_read(
			mut self: Pin<&mut Self>,
			context: &mut Context<'_>,
			buffer: &mut ReadBuf<'_>,
		) -> Poll<io::Result<()>> {
			Pin::new(&mut self.sends).poll_read(context, buffer)
		}
	}

	impl AsyncWrite for Peer<'_> {
		fn poll_write(
			self: Pin<&mut Self>,
			_: &mut Context<'_>,
			bytes: &[u8],
		) -> Poll<io::Result<usize>> {
			if self.takes {
				Poll::Ready(Ok(bytes.len()))
			} else {
				Poll::Pending
			}
		}

		fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
			Poll::Ready(Ok(()))
		}

		fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
			Poll::Ready(Ok(()))
		}
	}

	/// Whether somebody was woken.
	#[derive(Default)]
	struct Woken(AtomicBool);

	impl Wake for Woken {
		fn wake(self: Arc<Self>) {
			self.0.store(true, Ordering::SeqCst);
		}
	}

	#[tokio::test]
	async fn a_peer_that_takes_no_answers_is_read_again_when_it_does() {
		let length = 100_000_u64;
		let mut stream = [HEAD, &[0x81, 127], &length.to_be_bytes()].concat();
		stream.extend(vec![0; length as usize]);
		let end = stream.len() - HEAD.len();
		stream.extend(FRAMES);
		let mut socket = frames(Peer { sends: &stream, takes: false }, &Budget::new(LONGEST));
		assert!(matches!(read(&mut socket, end), Poll::Ready(Ok(bytes)) if bytes.len() == end));

		let context = &mut Context::from_waker(Waker::noop());
		assert!(Pin::new(&mut socket).poll_write(context, b"answer").is_pending());
		let woken = Arc::new(Woken::default());
		assert!(read_or_wake(&mut socket, 1000, &woken.clone().into()).is_pending());
		assert!(!woken.0.load(Ordering::SeqCst));
		socket.inner.takes = true;
		assert!(Pin::new(&mut socket).poll_write(context, b"answer").is_ready());
		assert!(woken.0.load(Ordering::SeqCst));
		assert!(matches!(read(&mut socket, 1000), Poll::Ready(Ok(bytes)) if bytes == FRAMES));
	}
}
