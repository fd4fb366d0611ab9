// SPDX-License-Identifier: Apache-2.0
//! What happened in a block, for people and for programs.
//!
//! Events are rendered by their types in the chain's metadata, so that one that this program has never
//! heard of is told as well as the others.

use super::{
	error::ChainError,
	follow::BlockEvents,
	types::{BlockNumber, JobId},
	Amount, Share, View,
};
use scale_info::{PortableRegistry, TypeDef, TypeDefPrimitive};
use serde::Serialize;
use serde_json::{Map, Value as Json};
use std::fmt;
use subxt::{
	ext::scale_value::{Composite, Primitive, Value, ValueDef},
	utils::AccountId32,
};

/// The pallets whose events are told.
pub const PALLETS: [&str; 4] = ["Circuits", "Models", "Workers", "Jobs"];

/// Something that happened.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Event {
	/// The height of the block.
	pub block: BlockNumber,
	/// The block's hash.
	pub hash: String,
	/// `Pallet.Event`.
	pub event: String,
	/// Its fields: amounts and shares as texts, bytes as hexadecimal digits, accounts as addresses.
	#[serde(flatten)]
	pub fields: Map<String, Json>,
}

impl Event {
	/// The job that the event is about, if it is about one.
	pub fn job(&self) -> Option<JobId> {
		self.fields.get("job").and_then(Json::as_u64).map(JobId)
	}
}

/// One line: `12  Jobs.Claimed  job=0 worker=5Grw… until=40 bond=0.5`.
impl fmt::Display for Event {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		write!(f, "{}  {} ", self.block, self.event)?;
		for (name, value) in &self.fields {
			write!(f, " {name}={}", plain(value))?;
		}
		Ok(())
	}
}

/// A value as people write it, without the quotes of JSON.
pub(super) fn plain(value: &Json) -> String {
	match value {
		Json::String(text) => text.clone(),
		other => other.to_string(),
	}
}

/// What happened in a block to circuits, models, workers and jobs, in order.
///
/// # Errors
///
/// When an event cannot be told from the next: the metadata is not that of the block.
pub fn in_block(view: &View, events: &BlockEvents) -> Result<Vec<Event>, ChainError> {
	let types = view.metadata().types();
	let mut told = Vec::new();
	for event in events.iter() {
		let event = event?;
		if !PALLETS.contains(&event.pallet_name()) {
			continue;
		}
		let fields = view
			.metadata()
			.pallet_by_event_index(event.pallet_index())
			.and_then(|pallet| pallet.event_variant_by_index(event.event_index()))
			.map(|variant| fields(&mut event.field_bytes(), &variant.fields, types))
			.unwrap_or_default();
		told.push(Event {
			block: view.number(),
			hash: format!("{:#x}", view.hash()),
			event: format!("{}.{}", event.pallet_name(), event.event_name()),
			fields,
		});
	}
	Ok(told)
}

/// The fields of an event or of an error by their names. One that cannot be decoded ends the list.
pub(super) fn fields(
	bytes: &mut &[u8],
	fields: &[scale_info::Field<scale_info::form::PortableForm>],
	types: &PortableRegistry,
) -> Map<String, Json> {
	fields
		.iter()
		.enumerate()
		.map_while(|(index, field)| {
			let name = field.name.clone().unwrap_or_else(|| index.to_string());
			let value =
				subxt::ext::scale_value::scale::decode_as_type(bytes, field.ty.id, types).ok()?;
			Some((name, render(&value, types)))
		})
		.collect()
}

/// A value, told by its type.
fn render(value: &Value<u32>, types: &PortableRegistry) -> Json {
	let ty = types.resolve(value.context);
	let name = ty.and_then(|ty| ty.path.segments.last()).map_or("", String::as_str);
	let is_bytes = ty.is_some_and(|ty| {
		let element = match &ty.type_def {
			TypeDef::Array(array) => array.type_param.id,
			TypeDef::Sequence(sequence) => sequence.type_param.id,
			_ => return false,
		};
		let element = types.resolve(element).map(|ty| &ty.type_def);
		matches!(element, Some(TypeDef::Primitive(TypeDefPrimitive::U8)))
	});
	match &value.value {
		ValueDef::Composite(inner) if name == "AccountId32" => bytes_of(inner)
			.try_into()
			.map_or(Json::Null, |bytes: [u8; 32]| AccountId32(bytes).to_string().into()),
		ValueDef::Composite(inner) if name == "Permill" => inner
			.values()
			.next()
			.and_then(Value::as_u128)
			.and_then(|parts| u32::try_from(parts).ok())
			.map_or(Json::Null, |parts| Share::from_parts(parts).to_string().into()),
		ValueDef::Composite(inner) if is_bytes => {
			format!("0x{}", hex::encode(bytes_of(inner))).into()
		}
		ValueDef::Composite(inner) => composite(inner, types),
		ValueDef::Variant(variant) => match (name, variant.name.as_str()) {
			("Option", "None") => Json::Null,
			("Option", _) => composite(&variant.values, types),
			(_, name) if variant.values.is_empty() => name.into(),
			(_, name) => Json::Object(
				[(name.to_owned(), composite(&variant.values, types))].into_iter().collect(),
			),
		},
		ValueDef::BitSequence(bits) => format!("{bits:?}").into(),
		ValueDef::Primitive(Primitive::Bool(value)) => (*value).into(),
		ValueDef::Primitive(Primitive::String(text)) => text.clone().into(),
		ValueDef::Primitive(Primitive::U128(number)) => {
			let is_amount = ty.is_some_and(|ty| {
				matches!(ty.type_def, TypeDef::Primitive(TypeDefPrimitive::U128))
			});
			match u64::try_from(*number) {
				Ok(number) if !is_amount => number.into(),
				_ => Amount(*number).to_string().into(),
			}
		}
		ValueDef::Primitive(other) => format!("{other:?}").into(),
	}
}

fn composite(values: &Composite<u32>, types: &PortableRegistry) -> Json {
	match values {
		Composite::Named(fields) => Json::Object(
			fields.iter().map(|(name, value)| (name.clone(), render(value, types))).collect(),
		),
		Composite::Unnamed(values) => match values.as_slice() {
			[only] => render(only, types),
			all => all.iter().map(|value| render(value, types)).collect(),
		},
	}
}

/// The bytes in a composite of bytes, however deep it wraps them.
fn bytes_of(values: &Composite<u32>) -> Vec<u8> {
	values
		.values()
		.flat_map(|value| match &value.value {
			ValueDef::Composite(inner) => bytes_of(inner),
			_ => value.as_u128().and_then(|byte| u8::try_from(byte).ok()).into_iter().collect(),
		})
		.collect()
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::chain::api;
	use serde_json::json;

	const ALICE: &str = "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY";
	const ALICE_KEY: &str = "d43593c715fdd31c61141abd04a99fd6822c8558854ccde39a5684e7a56da27d";

	/// The fields of an event of the chain that the program was built for.
	fn rendered(pallet: &str, event: &str, bytes: &str) -> Json {
		let metadata = api::built_for();
		let pallet = metadata.pallet_by_name(pallet).unwrap();
		let variant =
			pallet.event_variants().unwrap().iter().find(|variant| variant.name == event).unwrap();
		let bytes = hex::decode(bytes.replace(' ', "")).unwrap();
		let rest = &mut bytes.as_slice();
		let fields = fields(rest, &variant.fields, metadata.types());
		assert!(rest.is_empty(), "{rest:?}");
		Json::Object(fields)
	}

	#[test]
	fn jobs_accounts_and_amounts_are_told_as_people_write_them() {
		let bytes = format!(
			"0700000000000000 {ALICE_KEY} 28000000 0010a5d4e8000000 0000000000000000 \
				 0088526a74000000 0000000000000000"
		);
		assert_eq!(
			rendered("Jobs", "Claimed", &bytes),
			json!({ "job": 7, "worker": ALICE, "until": 40, "price": "1", "bond": "0.5" })
		);
	}

	#[test]
	fn small_amounts_stay_amounts() {
		let bytes = format!("{ALICE_KEY} 01000000000000000000000000000000");
		assert_eq!(
			rendered("Workers", "BondChanged", &bytes),
			json!({ "worker": ALICE, "bond": "0.000000000001" })
		);
	}

	#[test]
	fn hashes_shares_and_choices_are_told_by_their_types() {
		let hash = "11".repeat(32);
		let bytes = format!("{hash} {ALICE_KEY} 00 00 40000000 28000000 00");
		assert_eq!(
			rendered("Circuits", "Registered", &bytes),
			json!({
				"circuit": format!("0x{hash}"),
				"depositor": ALICE,
				"system": 0,
				"schema": { "InferenceV1": { "input_len": 64, "output_len": 40 } },
				"declared": "Development",
			})
		);
		assert_eq!(
			rendered("Workers", "ScoreChanged", &format!("{ALICE_KEY} 50c30000")),
			json!({ "worker": ALICE, "score": "5%" })
		);
	}

	#[test]
	fn an_event_is_one_line() {
		let Json::Object(fields) = json!({ "job": 3, "output": "0x00ff" }) else { unreachable!() };
		let event =
			Event { block: 12, hash: "0x".to_owned(), event: "Jobs.Settled".to_owned(), fields };
		assert_eq!(event.to_string(), "12  Jobs.Settled  job=3 output=0x00ff");
		assert_eq!(event.job(), Some(JobId(3)));
		assert_eq!(
			serde_json::to_string(&event).unwrap(),
			r#"{"block":12,"hash":"0x","event":"Jobs.Settled","job":3,"output":"0x00ff"}"#
		);
	}
}
