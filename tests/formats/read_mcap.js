// read_mcap.js FILE: an MCAP file of ROS 2 messages as the official reader sees it: by its index, and once more
// from end to end with every checksum. Prints JSON: header, metadata, and for each topic its type, its messages'
// times and the messages themselves, of whose byte arrays only length, sum and first bytes are left.
const fs = require('fs');
const {McapIndexedReader, McapStreamReader} = require('@mcap/core');
const {MessageReader} = require('@foxglove/rosmsg2-serialization');
const {parse} = require('@foxglove/rosmsg');
const {decompress} = require('fzstd');

const file = new Uint8Array(fs.readFileSync(process.argv[2]));
const decompressHandlers = {zstd: (bytes, size) => decompress(bytes, new Uint8Array(Number(size)))};
const readable = {
  size: async () => BigInt(file.length),
  read: async (offset, length) => file.subarray(Number(offset), Number(offset + length)),
};

function plain(value) {
  if (typeof value === 'bigint') return value.toString();
  if (ArrayBuffer.isView(value)) {
    if (!(value instanceof Uint8Array)) return Array.from(value);
    return {length: value.length, sum: value.reduce((sum, byte) => sum + byte, 0), first: Array.from(value.subarray(0, 64))};
  }
  if (Array.isArray(value)) return value.map(plain);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, plain(part)]));
}

async function main() {
  const reader = await McapIndexedReader.Initialize({readable, decompressHandlers});
  const readers = new Map(), topics = {};
  for await (const message of reader.readMessages()) {
    const channel = reader.channelsById.get(message.channelId);
    const schema = reader.schemasById.get(channel.schemaId);
    if (!readers.has(channel.id)) {
      const text = new TextDecoder().decode(schema.data);
      readers.set(channel.id, new MessageReader(parse(text, {ros2: true})));
      topics[channel.topic] = {type: schema.name, encoding: schema.encoding, message_encoding: channel.messageEncoding,
        qos: channel.metadata.get('offered_qos_profiles'), messages: []};
    }
    topics[channel.topic].messages.push({time: message.logTime.toString(), sequence: message.sequence,
      message: plain(readers.get(channel.id).readMessage(message.data))});
  }
  const metadata = {};
  for await (const record of reader.readMetadata()) metadata[record.name] = Object.fromEntries(record.metadata);

  const stream = new McapStreamReader({decompressHandlers, validateCrcs: true});
  stream.append(file);
  let streamed = 0;
  for (let record = stream.nextRecord(); record; record = stream.nextRecord())
    if (record.type === 'Message') ++streamed;
  console.log(JSON.stringify({profile: reader.header.profile, metadata, topics, streamed, done: stream.done(),
    chunks: reader.chunkIndexes.length, counted: reader.statistics.messageCount.toString()}));
}

main().catch(error => { console.error(error.stack); process.exit(1); });
