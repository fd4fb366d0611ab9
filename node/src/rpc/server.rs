// SPDX-License-Identifier: Apache-2.0

//! The RPC server. It differs from the SDK's in whom it lets in and in when and where calls run: see
//! [`connections`](super::connections), [`calls`](super::calls) and [`threads`](super::threads).

use super::{
	budget::Budget,
	calls::{Gates, Lanes, MeterLayer, TurnsLayer},
	connections::{Connection, Connections},
	gate::{Gate, PATIENCE},
	meter::Meter,
	socket::{Counted, Socket},
	source::Source,
	threads::{Threads, SHORT_TURNS},
};
use forwarded_header_value::ForwardedHeaderValue;
use futures::FutureExt;
use http::{
	header::{FORWARDED, UPGRADE},
	HeaderMap, HeaderValue,
};
use hyper::body::Incoming;
use jsonrpsee::{
	core::BoxError,
	server::{
		middleware::http::HostFilterLayer, serve_with_graceful_shutdown, ws, HttpBody, HttpRequest,
		PingConfig, RandomStringIdProvider, RpcServiceBuilder, StopHandle,
	},
	Methods, RpcModule,
};
use log::{debug, info, warn};
use sc_rpc::DenyUnsafe;
use sc_rpc_server::{
	Metrics, MiddlewareLayer, NodeHealthProxyLayer, RpcEndpoint, RpcMethods, RpcMetrics,
};
use std::{
	net::{IpAddr, SocketAddr},
	num::NonZeroU32,
	sync::Arc,
	time::{Duration, Instant},
};
use substrate_prometheus_endpoint::Registry;
use tokio::{net::TcpListener, time::sleep};
use tower_http::cors::{AllowOrigin, CorsLayer};

const MEBIBYTE: u32 = 1024 * 1024;

/// How many bytes the requests of all connections take, from their first byte on until they are answered.
const REQUESTS: u64 = 128 * MEBIBYTE as u64;

/// How often a client has to show that it is there.
const PING_PERIOD: Duration = Duration::from_secs(20);

/// After how long without a sign of life a connection is closed. What it has pinned is free then.
const PING_PATIENCE: Duration = Duration::from_secs(60);

/// How many bytes the identifier of a subscription has.
const SUBSCRIPTION_ID_LENGTH: usize = 16;

/// How long to wait after a connection could not be accepted, since sockets have run out.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// What a server is made of.
pub struct Params {
	/// Where it listens, and with which limits.
	pub endpoints: Vec<RpcEndpoint>,
	/// The methods that it offers.
	pub methods: RpcModule<()>,
	/// The threads in which it runs.
	pub threads: Threads,
	/// How many calls that need a turn run at a time.
	pub turns: usize,
	/// How much of a call is logged at trace level.
	pub logged: u32,
	/// Where its metrics are registered.
	pub registry: Option<Registry>,
}

/// What all connections have in common.
#[derive(Clone)]
struct Shared {
	methods: Methods,
	gates: Gates,
	requests: Budget,
	metrics: Option<RpcMetrics>,
	logged: u32,
}

/// Start a server. It runs until its threads, which are returned, are dropped.
///
/// # Errors
///
/// Where an address cannot be listened on, or a metric is registered already.
pub async fn start(params: Params) -> Result<Threads, BoxError> {
	let Params { endpoints, mut methods, threads, turns, logged, registry } = params;

	let mut names: Vec<_> = methods.method_names().chain(["rpc_methods"]).collect();
	names.sort_unstable();
	let metrics = RpcMetrics::new(registry.as_ref())?
		.map(|metrics| metrics.with_known_methods(names.iter().copied()));
	methods
		.register_method("rpc_methods", move |_, _, _| serde_json::json!({ "methods": names }))?;
	let gates = Gates { short: Gate::new(SHORT_TURNS, PATIENCE), long: Gate::new(turns, PATIENCE) };
	let requests = Budget::new(REQUESTS);
	let shared = Shared { methods: methods.into(), gates, requests, metrics, logged };

	let runtime = threads.calls();
	let mut addresses = Vec::new();
	for endpoint in endpoints {
		let (wanted, optional) = (endpoint.listen_addr, endpoint.is_optional);
		// Where a socket is opened, there it is served.
		let opened = runtime.spawn(listen(wanted, endpoint.retry_random_port)).await?;
		let listener = match opened {
			Ok(listener) => listener,
			Err(error) if optional => {
				debug!(target: "rpc", "no RPC on {wanted}: {error}");
				continue;
			}
			Err(error) => return Err(format!("no RPC on {wanted}: {error}").into()),
		};
		let address = listener.local_addr()?;
		if wanted.port() != 0 && address.port() != wanted.port() {
			warn!("Port {} is taken: RPC is on {address} instead", wanted.port());
		}
		addresses.push(address.to_string());
		runtime.spawn(Door::new(shared.clone(), endpoint, address)?.welcome(listener));
	}
	if addresses.is_empty() {
		return Err("no address to offer RPC on".into());
	}
	// As the SDK writes it, since scripts read this line.
	let comma = if addresses.len() == 1 { "," } else { "" };
	info!("Running JSON-RPC server: addr={}{comma}", addresses.join(","));
	Ok(threads)
}

async fn listen(mut address: SocketAddr, or_any_port: bool) -> std::io::Result<TcpListener> {
	match TcpListener::bind(address).await {
		Err(_) if or_any_port => {
			address.set_port(0);
			TcpListener::bind(address).await
		}
		result => result,
	}
}

/// One address that is listened on.
struct Door {
	shared: Shared,
	endpoint: RpcEndpoint,
	connections: Connections,
	deny_unsafe: DenyUnsafe,
	host_filter: Option<HostFilterLayer>,
	cors: CorsLayer,
}

impl Door {
	fn new(shared: Shared, endpoint: RpcEndpoint, address: SocketAddr) -> Result<Self, BoxError> {
		let deny_unsafe = match endpoint.rpc_methods {
			RpcMethods::Unsafe => DenyUnsafe::No,
			RpcMethods::Auto if address.ip().is_loopback() => DenyUnsafe::No,
			RpcMethods::Auto | RpcMethods::Safe => DenyUnsafe::Yes,
		};
		let (host_filter, cors) = match &endpoint.cors {
			None => (None, CorsLayer::permissive()),
			Some(origins) => {
				let port = address.port();
				let hosts =
					["localhost", "127.0.0.1", "[::1]"].map(|host| format!("{host}:{port}"));
				let origins = origins
					.iter()
					.map(|it| HeaderValue::from_str(it))
					.collect::<Result<Vec<_>, _>>()?;
				(
					Some(HostFilterLayer::new(hosts)?),
					CorsLayer::new().allow_origin(AllowOrigin::list(origins)),
				)
			}
		};
		let connections = Connections::new(endpoint.max_connections);
		Ok(Self { shared, endpoint, connections, deny_unsafe, host_filter, cors })
	}

	/// Serve all who come.
	async fn welcome(self, listener: TcpListener) {
		let door = Arc::new(self);
		loop {
			match listener.accept().await {
				Ok((socket, peer)) => {
					let source = Source::from(peer.ip());
					let (connection, stop) = door.connections.admit(source);
					let lanes = door.shared.gates.lanes(source);
					let account = door.shared.requests.account(source);
					let meter = Meter::new(account, door.longest_request().into());
					let visit = Visit {
						door: door.clone(),
						peer: peer.ip(),
						connection,
						lanes,
						meter,
						stop,
					};
					tokio::spawn(visit.serve(socket));
				}
				Err(error) => {
					debug!(target: "rpc", "a connection was not accepted: {error}");
					sleep(ACCEPT_PAUSE).await;
				}
			}
		}
	}

	/// How many bytes a request may have.
	fn longest_request(&self) -> u32 {
		self.endpoint.max_payload_in_mb.saturating_mul(MEBIBYTE)
	}

	/// On whose behalf a proxy asks, where proxies are trusted.
	fn forwarded(&self, headers: &HeaderMap) -> Option<IpAddr> {
		self.endpoint.rate_limit_trust_proxy_headers.then(|| forwarded_for(headers)).flatten()
	}

	/// The rate limit for requests from an address, in calls a minute.
	fn rate_limit(&self, caller: IpAddr) -> Option<NonZeroU32> {
		let exempt =
			self.endpoint.rate_limit_whitelisted_ips.iter().any(|net| net.contains(caller));
		self.endpoint.rate_limit.filter(|_| !exempt)
	}
}

/// One connection.
struct Visit {
	door: Arc<Door>,
	peer: IpAddr,
	connection: Arc<Connection>,
	lanes: Lanes,
	meter: Arc<Meter>,
	stop: StopHandle,
}

impl Visit {
	async fn serve(self, socket: tokio::net::TcpStream) {
		let Self { door, peer, connection, lanes, meter, stop } = self;
		let Door { shared, endpoint, .. } = &*door;
		let http = tower::ServiceBuilder::new()
			.option_layer(door.host_filter.clone())
			.layer(NodeHealthProxyLayer)
			.layer(door.cors.clone())
			.map_request(counted);
		let builder = jsonrpsee::server::Server::builder()
			// Connections are counted at the door.
			.max_connections(u32::MAX)
			.max_request_body_size(door.longest_request())
			.max_response_body_size(endpoint.max_payload_out_mb.saturating_mul(MEBIBYTE))
			.max_subscriptions_per_connection(endpoint.max_subscriptions_per_connection)
			.set_message_buffer_capacity(endpoint.max_buffer_capacity_per_connection)
			.set_batch_request_config(endpoint.batch_config)
			.enable_ws_ping(
				PingConfig::new()
					.ping_interval(PING_PERIOD)
					.inactive_limit(PING_PATIENCE)
					.max_failures(1),
			)
			.set_id_provider(RandomStringIdProvider::new(SUBSCRIPTION_ID_LENGTH))
			.set_http_middleware(http)
			.to_service_builder();
		let methods = shared.methods.clone();
		let turns = TurnsLayer { connection: connection.clone(), lanes };
		let socket = Socket::new(socket, meter.clone());
		let stopped = stop.clone().shutdown();

		let on_request = {
			let door = door.clone();
			move |mut request: HttpRequest<Incoming>| {
				request.extensions_mut().insert(door.deny_unsafe);
				let websocket = meter.asked(ws::is_upgrade_request(&request));
				let receipt = (!websocket).then(|| Arc::new(meter.receipt()));
				if let Some(receipt) = &receipt {
					// So that the server takes it for one over HTTP, too.
					request.headers_mut().remove(UPGRADE);
					request.extensions_mut().insert(receipt.clone());
				}
				let metrics =
					door.shared.metrics.clone().map(|metrics| {
						Metrics::new(metrics, if websocket { "ws" } else { "http" })
					});
				let forwarded = door.forwarded(request.headers());
				let limit = door.rate_limit(forwarded.unwrap_or(peer));
				let mut turns = turns.clone();
				if let Some(caller) = forwarded {
					turns.lanes = door.shared.gates.lanes(caller.into());
				}
				let lanes = turns.lanes.clone();
				let mut middleware = MiddlewareLayer::new();
				if let Some(metrics) = metrics {
					middleware = middleware.with_metrics(metrics);
				}
				if let Some(limit) = limit {
					middleware = middleware.with_rate_limit_per_minute(limit);
				}
				let calls = RpcServiceBuilder::new()
					.layer(MeterLayer(meter.clone()))
					.rpc_logger(door.shared.logged)
					.layer(middleware.clone())
					.layer(turns);
				let mut service =
					builder.clone().set_rpc_middleware(calls).build(methods.clone(), stop.clone());
				if websocket {
					let closed = service.on_session_closed();
					tokio::spawn(async move {
						let since = Instant::now();
						middleware.ws_connect();
						closed.await;
						lanes.close();
						middleware.ws_disconnect(since);
					});
				}
				let response = tower::Service::call(&mut service, request);
				let meter = meter.clone();
				async move {
					let response = response.await;
					drop(receipt);
					meter.answered();
					response
				}
			}
		};
		let served =
			serve_with_graceful_shutdown(socket, tower::service_fn(on_request), stopped).boxed();
		if let Err(error) = served.await {
			debug!(target: "rpc", "a connection ended: {error}");
		}
		drop(connection);
	}
}

/// A request over HTTP whose body is counted.
fn counted(mut request: HttpRequest) -> HttpRequest {
	match request.extensions_mut().remove() {
		Some(receipt) => request.map(|body| HttpBody::new(Counted::new(body, receipt))),
		None => request,
	}
}

/// On whose behalf a proxy asks.
fn forwarded_for(headers: &HeaderMap) -> Option<IpAddr> {
	let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
	text(FORWARDED.as_str())
		.and_then(|value| ForwardedHeaderValue::from_forwarded(value).ok())
		.or_else(|| {
			text("x-forwarded-for")
				.and_then(|value| ForwardedHeaderValue::from_x_forwarded_for(value).ok())
		})
		.and_then(|value| value.remotest_forwarded_for_ip())
		.or_else(|| text("x-real-ip").and_then(|value| value.parse().ok()))
}

#[cfg(test)]
mod tests;
