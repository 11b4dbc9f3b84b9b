-- SPDX-License-Identifier: BSD-3-Clause
-- Gunyah in Wireshark: hypercalls in the records of docs/sim-run.md (link type USER0), and packets of the Resource
-- Manager (USER1). abi/generator/lua.py puts the tables above this.

local RM_HEADER = 8
local CALL_HEADER = 140
local RECORD_CALL, RECORD_PENDING = 0, 1
local FLAG_ANSWERED, FLAG_INJECTED = 1, 2

local rm = Proto("gunyah_rm", "Gunyah Resource Manager")
local call = Proto("gunyah_call", "Gunyah Hypercall")

local packet_types = { [0] = "continuation", [1] = "request", [2] = "reply", [3] = "notification" }

local rm_fields = {
    api = ProtoField.uint8("gunyah_rm.api", "API", base.HEX),
    kind = ProtoField.uint8("gunyah_rm.kind", "Type", base.DEC, packet_types, 0x03),
    fragments = ProtoField.uint8("gunyah_rm.fragments", "Continuations", base.DEC, nil, 0xfc),
    sequence = ProtoField.uint16("gunyah_rm.sequence", "Sequence", base.DEC),
    id = ProtoField.uint32("gunyah_rm.id", "Message", base.HEX),
    name = ProtoField.string("gunyah_rm.name", "Name"),
    error = ProtoField.uint32("gunyah_rm.error", "Error", base.HEX),
    error_name = ProtoField.string("gunyah_rm.error_name", "Error name"),
    note = ProtoField.string("gunyah_rm.note", "Note"),
    data = ProtoField.bytes("gunyah_rm.data", "Data"),
}
local payload_fields = {}
for name, size in pairs(field_sizes) do
    local make = size == 8 and ProtoField.uint64 or ProtoField.uint32
    payload_fields[name] = make("gunyah_rm.field." .. name, name, base.HEX_DEC)
end

local call_fields = {
    kind = ProtoField.uint8("gunyah_call.kind", "Kind", base.DEC,
        { [0] = "hypercall", [1] = "interrupt becomes pending", [2] = "interrupt is taken" }),
    answered = ProtoField.bool("gunyah_call.answered", "Answered", 16, nil, FLAG_ANSWERED),
    injected = ProtoField.bool("gunyah_call.injected", "Injected fault", 16, nil, FLAG_INJECTED),
    number = ProtoField.uint32("gunyah_call.number", "Number", base.HEX_DEC),
    name = ProtoField.string("gunyah_call.name", "Call"),
    virq = ProtoField.uint32("gunyah_call.virq", "vIRQ", base.DEC),
    argument = ProtoField.uint64("gunyah_call.argument", "Argument", base.HEX),
    result = ProtoField.uint64("gunyah_call.result", "Result", base.HEX),
    error = ProtoField.int32("gunyah_call.error", "Error", base.DEC),
    error_name = ProtoField.string("gunyah_call.error_name", "Error name"),
    data = ProtoField.bytes("gunyah_call.data", "Message"),
}

local function values_of(...)
    local list = {}
    for _, fields in ipairs({ ... }) do
        for _, field in pairs(fields) do
            list[#list + 1] = field
        end
    end
    return list
end
rm.fields = values_of(rm_fields, payload_fields)
call.fields = values_of(call_fields)

local malformed = ProtoExpert.new("gunyah_rm.malformed", "Not as the table of messages has it",
    expert.group.MALFORMED, expert.severity.WARN)
local refused = ProtoExpert.new("gunyah_rm.refused", "Refused", expert.group.RESPONSE_CODE, expert.severity.NOTE)
rm.experts = { malformed, refused }
local failed = ProtoExpert.new("gunyah_call.failed", "Failed", expert.group.RESPONSE_CODE, expert.severity.NOTE)
local cut = ProtoExpert.new("gunyah_call.malformed", "Not a record of a trace", expert.group.MALFORMED,
    expert.severity.WARN)
call.experts = { failed, cut }

-- What a value of a type means, or nil. Bits are taken out of the low 32: no bit field has a part above bit 31 but one,
-- whose upper half is told too.
local function meaning(type, value)
    local found = value_types[type]
    if not found then
        return nil
    end
    local low, high = value:lower(), value:higher()
    local names = {}
    for _, part in ipairs(found.parts) do
        local name, first, last = part[1], part[2], part[3]
        if found.kind == "enum" then
            if high == 0 and low == first then
                return name
            end
        elseif found.kind == "flags" then
            if bit.band(low, first) ~= 0 then
                names[#names + 1] = name
            end
        else
            local word, shift = low, first
            if first >= 32 then
                word, shift = high, first - 32
            end
            local width = last - first + 1
            local bits = math.floor(word / 2 ^ shift) % 2 ^ width
            if bits ~= 0 then
                names[#names + 1] = width > 1 and string.format("%s %d", name, bits) or name
            end
        end
    end
    if #names == 0 then
        return nil
    end
    return table.concat(names, found.kind == "flags" and "|" or ", ")
end

-- ---- packets of the Resource Manager ----

local walk_layout

local function field_value(layout, bytes, at, name)
    for _, field in ipairs(layout.fields) do
        if field[1] == name then
            return bytes(at + field[3], field[4]):le_uint()
        end
    end
    return 0
end

local function show_fields(layout, bytes, at, tree)
    for _, field in ipairs(layout.fields) do
        local name, type, offset, size = field[1], field[2], field[3], field[4]
        local range = bytes(at + offset, size)
        local item = tree:add_le(payload_fields[name], range)
        local means = meaning(type, size == 8 and range:le_uint64() or UInt64(range:le_uint()))
        if means then
            item:append_text(" (" .. means .. ")")
        end
    end
end

-- Returns where the entries end, or nil. With a tree, it shows them. An entry that says so is followed by bytes.
local function walk_entries(list, entry, count, bytes, at, tree)
    for i = 0, count - 1 do
        local from = at
        if at + entry.size > bytes:len() then
            return nil
        end
        local branch = tree and tree:add(rm, bytes(at, entry.size), string.format("%s[%d]", list.name, i))
        at = walk_layout(entry, bytes, at, branch)
        if at and list.variable then
            local size = field_value(entry, bytes, from, "size")
            if at + size > bytes:len() then
                return nil
            end
            if branch and size > 0 then
                branch:add(rm_fields.data, bytes(at, size))
            end
            at = math.min(at + math.ceil(size / 4) * 4, bytes:len())
        end
        if not at then
            return nil
        end
    end
    return at
end

local function walk_bytes(list, count, bytes, at, tree)
    if at + count > bytes:len() then
        return nil
    end
    if tree and count > 0 then
        tree:add(rm_fields.data, bytes(at, count)):prepend_text(list.name .. ": ")
    end
    return list.padded and math.min(at + math.ceil(count / 4) * 4, bytes:len()) or at + count
end

local function walk_list(layout, begin, list, bytes, at, tree)
    local count = list.size
    if list.optional and at == bytes:len() then
        return at
    end
    if list.header then
        local header = layouts[list.header]
        if at + header.size > bytes:len() then
            return nil
        end
        count = field_value(header, bytes, at, list.count)
        if tree then
            show_fields(header, bytes, at, tree)
        end
        at = at + header.size
    elseif not count then
        count = field_value(layout, bytes, begin, list.count)
    end
    if #list.entries == 0 then
        return walk_bytes(list, count, bytes, at, tree)
    end
    local chosen = list.entries[1]
    for _, name in ipairs(list.entries) do
        if walk_entries(list, layouts[name], count, bytes, at, nil) == bytes:len() then
            chosen = name
            break
        end
    end
    return walk_entries(list, layouts[chosen], count, bytes, at, tree)
end

-- Returns where the layout ends, or nil if there are too few bytes.
function walk_layout(layout, bytes, at, tree)
    local begin = at
    if at + layout.size > bytes:len() then
        return nil
    end
    if tree then
        show_fields(layout, bytes, at, tree)
    end
    at = at + layout.size
    for _, list in ipairs(layout.lists) do
        at = walk_list(layout, begin, list, bytes, at, tree)
        if not at then
            return nil
        end
    end
    return at
end

-- Of several layouts that a message may have, the one that fits to the last byte. bytes: nil for nothing at all.
local function show_payload(names, bytes, tree, is_whole)
    local chosen = names[1]
    if not bytes then
        if chosen and layouts[chosen].size > 0 then
            tree:add_proto_expert_info(malformed)
        end
        return
    end
    for _, name in ipairs(names) do
        if walk_layout(layouts[name], bytes, 0, nil) == bytes:len() then
            chosen = name
            break
        end
    end
    if not chosen then
        tree:add(rm_fields.data, bytes())
        return
    end
    if walk_layout(layouts[chosen], bytes, 0, tree) ~= bytes:len() and is_whole then
        tree:add_proto_expert_info(malformed)
    end
end

local function show_error(bytes, tree)
    local error = bytes(0, 4):le_uint()
    local name = rm_errors[error] or "unknown"
    tree:add_le(rm_fields.error, bytes(0, 4)):append_text(" (" .. name .. ")")
    tree:add(rm_fields.error_name, bytes(0, 4), name):set_generated()
    if error ~= 0 then
        tree:add_proto_expert_info(refused, "Refused: " .. name)
    end
    return name
end

local function reassembly_note(kind, fragments)
    if kind == "continuation" then
        return string.format("goes on with a message of %d packets that has the same sequence and id", fragments + 1)
    elseif fragments > 0 then
        return string.format("the first of %d packets: lists may go on in the continuations", fragments + 1)
    end
end

local function show_rest(kind, message, bytes, tree, is_whole)
    local names = message and (kind == "reply" and message.reply or message.data) or {}
    local summary = ""
    if kind == "continuation" then
        if bytes then
            tree:add(rm_fields.data, bytes())
        end
        return summary
    end
    if kind == "reply" then
        if not bytes or bytes:len() < 4 then
            tree:add_proto_expert_info(malformed, "A reply without an error word")
            return summary
        end
        summary = " = " .. show_error(bytes, tree)
        bytes = bytes:len() > 4 and bytes(4):tvb() or nil
        if not bytes then
            return summary
        end
    end
    show_payload(names, bytes, tree, is_whole)
    return summary
end

function rm.dissector(tvb, pinfo, root)
    if tvb:len() < RM_HEADER or tvb(0, 1):uint() ~= 0x21 then
        return 0
    end
    local tree = root:add(rm, tvb())
    local kind = packet_types[bit.band(tvb(1, 1):uint(), 3)]
    local fragments = bit.rshift(tvb(1, 1):uint(), 2)
    local id = tvb(4, 4):le_uint()
    local message = messages[id]
    local name = message and message.name or string.format("message 0x%08x", id)
    tree:add(rm_fields.api, tvb(0, 1))
    tree:add(rm_fields.kind, tvb(1, 1))
    tree:add(rm_fields.fragments, tvb(1, 1))
    tree:add_le(rm_fields.sequence, tvb(2, 2))
    tree:add_le(rm_fields.id, tvb(4, 4)):append_text(" (" .. name .. ")")
    tree:add(rm_fields.name, tvb(4, 4), name):set_generated()
    local note = reassembly_note(kind, fragments)
    if note then
        tree:add(rm_fields.note, tvb(1, 1), note):set_generated()
    end
    local rest = tvb:len() > RM_HEADER and tvb(RM_HEADER):tvb() or nil
    local summary = show_rest(kind, message, rest, tree, fragments == 0)
    pinfo.cols.protocol = "Gunyah RM"
    pinfo.cols.info = string.format("%s %s #%d%s", name, kind, tvb(2, 2):le_uint(), summary)
    tree:append_text(string.format(", %s %s #%d", name, kind, tvb(2, 2):le_uint()))
    return tvb:len()
end

-- ---- hypercalls ----

local function show_words(words, tvb, at, field, tree)
    local shown = {}
    for i, word in ipairs(words) do
        local name, type = word[1], word[2]
        local range = tvb(at + 8 * (i - 1), 8)
        if type ~= "reserved" and type ~= "error" and type ~= "guest_va" then
            local item = tree:add_le(field, range)
            local means = meaning(type, range:le_uint64())
            item:set_text(string.format("%s: 0x%s%s", name, range:le_uint64():tohex():gsub("^0+(.)", "%1"),
                means and " (" .. means .. ")" or ""))
            shown[#shown + 1] = string.format("%s=0x%s", name, range:le_uint64():tohex():gsub("^0+(.)", "%1"))
        end
    end
    return table.concat(shown, ", ")
end

local function show_call(tvb, tree, number, answered)
    local shape = calls[number]
    local name = shape and shape.name or string.format("hypercall 0x%x", number)
    tree:add(call_fields.name, tvb(4, 4), name):set_generated()
    local info = name .. "(" .. show_words(shape and shape.arguments or {}, tvb, 16, call_fields.argument, tree) .. ")"
    if not answered then
        return info .. " does not return"
    end
    if not shape or (shape.results[1] and shape.results[1][2] == "error") then
        local error = tvb(72, 4):le_int()
        local text = hypervisor_errors[error] or "unknown"
        tree:add_le(call_fields.error, tvb(72, 4)):append_text(" (" .. text .. ")")
        tree:add(call_fields.error_name, tvb(72, 4), text):set_generated()
        info = info .. " = " .. text
        if error ~= 0 then
            tree:add_proto_expert_info(failed, "Failed: " .. text)
        end
    end
    local results = show_words(shape and shape.results or {}, tvb, 72, call_fields.result, tree)
    return results == "" and info or info .. ", " .. results
end

local function show_interrupt(tvb, tree, kind)
    local virq = tvb(4, 4):le_uint()
    tree:add_le(call_fields.virq, tvb(4, 4))
    return string.format("vIRQ %d %s", virq, kind == RECORD_PENDING and "becomes pending" or "is taken")
end

function call.dissector(tvb, pinfo, root)
    local tree = root:add(call, tvb())
    pinfo.cols.protocol = "Gunyah"
    if tvb:len() < 8 or tvb(0, 1):uint() ~= 1 or (tvb(1, 1):uint() == RECORD_CALL and tvb:len() < CALL_HEADER) then
        tree:add_proto_expert_info(cut)
        return tvb:len()
    end
    local kind, flags = tvb(1, 1):uint(), tvb(2, 2):le_uint()
    tree:add(call_fields.kind, tvb(1, 1))
    if kind ~= RECORD_CALL then
        pinfo.cols.info = show_interrupt(tvb, tree, kind)
        return tvb:len()
    end
    tree:add_le(call_fields.answered, tvb(2, 2))
    tree:add_le(call_fields.injected, tvb(2, 2))
    tree:add_le(call_fields.number, tvb(4, 4))
    local info = show_call(tvb, tree, tvb(4, 4):le_uint(), bit.band(flags, FLAG_ANSWERED) ~= 0)
    local size = tvb(136, 4):le_uint()
    if size > 0 and CALL_HEADER + size <= tvb:len() then
        tree:add(call_fields.data, tvb(CALL_HEADER, size))
    end
    pinfo.cols.info = info .. (bit.band(flags, FLAG_INJECTED) ~= 0 and " (injected)" or "")
    return tvb:len()
end

local encapsulations = DissectorTable.get("wtap_encap")
encapsulations:add(wtap.USER0, call)
encapsulations:add(wtap.USER1, rm)
