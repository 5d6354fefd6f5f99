-- Tell Lightbox at once that a study has come to this Orthanc, or that there is more of it.
-- Orthanc needs Lua 5.3 or newer. In orthanc.json: "LuaScripts": ["/etc/orthanc/lightbox.lua"], and in its environment:
--   LIGHTBOX_HOOK_URL=https://portal.example/hooks/pacs/main    "main" is the name that this PACS has in Lightbox
--   LIGHTBOX_HOOK_SECRET=...                                    the same as PACS_MAIN_HOOK_SECRET there

local URL, SECRET = os.getenv("LIGHTBOX_HOOK_URL") or "", os.getenv("LIGHTBOX_HOOK_SECRET") or ""
local EVERY_SECONDS = 5  -- A study arrives instance by instance; it is not told of more often than this.
local REMEMBERED_MOST = 1000

-- SHA-256 (FIPS 180-4). Its constants are the first 32 bits of the fractions of roots of the first primes.
local function fraction(value) return math.floor(value % 1 * 2 ^ 32) end

local ROUND, START, candidate = {}, {}, 2
while #ROUND < 64 do
  local is_prime = true
  for divisor = 2, candidate - 1 do is_prime = is_prime and candidate % divisor ~= 0 end
  if is_prime then
    ROUND[#ROUND + 1] = fraction(candidate ^ (1 / 3))
    if #START < 8 then START[#START + 1] = fraction(candidate ^ (1 / 2)) end
  end
  candidate = candidate + 1
end

local function rotate(word, bits) return (word >> bits | word << (32 - bits)) & 0xffffffff end

local function digest_block(state, block)
  local w = { string.unpack(">" .. string.rep("I4", 16), block) }
  for i = 17, 64 do
    local low, high = w[i - 15], w[i - 2]
    low = rotate(low, 7) ~ rotate(low, 18) ~ (low >> 3)
    high = rotate(high, 17) ~ rotate(high, 19) ~ (high >> 10)
    w[i] = (w[i - 16] + low + w[i - 7] + high) & 0xffffffff
  end
  local a, b, c, d, e, f, g, h = table.unpack(state)
  for i = 1, 64 do
    local sum1 = rotate(e, 6) ~ rotate(e, 11) ~ rotate(e, 25)
    local first = h + sum1 + (e & f ~ (~e & g)) + ROUND[i] + w[i]
    local sum0 = rotate(a, 2) ~ rotate(a, 13) ~ rotate(a, 22)
    local second = sum0 + (a & b ~ (a & c) ~ (b & c))
    a, b, c, d, e, f, g, h = first + second & 0xffffffff, a, b, c, d + first & 0xffffffff, e, f, g
  end
  for i, word in ipairs({ a, b, c, d, e, f, g, h }) do state[i] = state[i] + word & 0xffffffff end
end

local function sha256(message)
  local state = { table.unpack(START) }
  local padded = message .. "\x80" .. string.rep("\0", (55 - #message) % 64) .. string.pack(">I8", #message * 8)
  for start = 1, #padded, 64 do digest_block(state, padded:sub(start, start + 63)) end
  return string.pack(">" .. string.rep("I4", 8), table.unpack(state))
end

-- HMAC (RFC 2104).
local function hmac(key, message)
  if #key > 64 then key = sha256(key) end
  key = key .. string.rep("\0", 64 - #key)
  local function masked(mask) return (key:gsub(".", function(byte) return string.char(byte:byte() ~ mask) end)) end
  return sha256(masked(0x5c) .. sha256(masked(0x36) .. message))
end

local function hex(bytes) return (bytes:gsub(".", function(byte) return string.format("%02x", byte:byte()) end)) end

local count = 0
local function nonce()
  count = count + 1
  local source = io.open("/dev/urandom", "rb")
  local chance = source and source:read(32) or tostring({}) .. os.clock()
  if source then source:close() end
  return hex(sha256(chance .. os.time() .. count)):sub(1, 32)
end

local function tell(study_uid)
  local timestamp, once, body = tostring(os.time()), nonce(), '{"study": "' .. study_uid .. '"}'
  -- Orthanc runs one callback at a time, so a site that hangs must not hold up the next one.
  if SetHttpTimeout then SetHttpTimeout(3) end
  local went_well, answer = pcall(HttpPost, URL, body, {
    ["Content-Type"] = "application/json",
    ["X-Lightbox-Timestamp"] = timestamp,
    ["X-Lightbox-Nonce"] = once,
    ["X-Lightbox-Signature"] = hex(hmac(SECRET, timestamp .. "." .. once .. "." .. body)),
  })
  if not went_well or answer == nil or answer == "ERROR" then print("Lightbox could not be told of a study") end
end

local told, remembered = {}, 0
local function tell_now_and_then(study_uid)
  if os.time() - (told[study_uid] or 0) < EVERY_SECONDS then return end
  if remembered >= REMEMBERED_MOST then told, remembered = {}, 0 end
  if not told[study_uid] then remembered = remembered + 1 end
  told[study_uid] = os.time()
  tell(study_uid)
end

local function is_set_up(tags) return URL ~= "" and SECRET ~= "" and tags["StudyInstanceUID"] end

function OnStoredInstance(instance_id, tags, metadata, origin)
  if is_set_up(tags) then tell_now_and_then(tags["StudyInstanceUID"]) end
end

-- Nothing has come for a while ("StableAge" in orthanc.json): now the counts are right.
function OnStableStudy(study_id, tags, metadata)
  if is_set_up(tags) then tell(tags["StudyInstanceUID"]) end
end
