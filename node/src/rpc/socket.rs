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
			if let Some(pause) = &mut self.pause {
				ready!(pause.as_mut().poll(context));
				self.pause = None;
			}
			match self.meter.reading(context, Instant::now()) {
				Reading::Now => return Poll::Ready(Ok(())),
				Reading::Later => return Poll::Pending,
				Reading::After(time) => self.pause = Some(Box::pin(sleep(time))),
			}
		}
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
		Pin::new(&mut self.inner).poll_write(context, bytes)
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
		Pin::new(&mut self.inner).poll_write_vectored(context, bytes)
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
