internal import SystemPackage

extension SafetensorsHeader {
  init(of file: borrowing OpenFile) throws(SafetensorsError) {
    let size = file.state.size
    let length = try SafetensorsHeader.headerLength(of: file)
    let text = try SafetensorsHeader.bytes(of: file, count: Int(length), at: 8)
    let document: JSONDocument
    do {
      document = try JSONDocument(
        parsing: text, limits: JSONLimits(bytes: Int(SafetensorsHeader.longest), depth: 16))
    } catch {
      throw .notSafetensors
    }
    guard document.root.kind == .object else { throw .notSafetensors }
    try self.init(document.root, dataOffset: 8 + length)
    guard fileSize <= size else { throw .truncated(expected: fileSize, found: size) }
    guard fileSize >= size else { throw .overlong(expected: fileSize, found: size) }
  }

  private init(_ object: JSONValue, dataOffset: Int64) throws(SafetensorsError) {
    tensors = []
    metadata = [:]
    for (name, value) in object.uniqueMembers {
      if name == "__metadata__" {
        for (key, text) in value.members { metadata[key] = text.string }
      } else {
        guard let tensor = Tensor(name: name, value, dataOffset: dataOffset) else {
          throw .tensor(name)
        }
        tensors.append(tensor)
      }
    }
    tensors.sort {
      ($0.range.lowerBound, $0.range.upperBound) < ($1.range.lowerBound, $1.range.upperBound)
    }
    fileSize = dataOffset
    for tensor in tensors {
      guard tensor.range.lowerBound == fileSize else { throw .layout(tensor.name) }
      fileSize = tensor.range.upperBound
    }
  }

  private static func headerLength(of file: borrowing OpenFile) throws(SafetensorsError) -> Int64 {
    let size = file.state.size
    guard size >= 8 else { throw .notSafetensors }
    let digits = try bytes(of: file, count: 8, at: 0)
    let value = digits.reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    // Text in place of a header (HTML, a pointer file) reads as a length beyond all limits.
    guard let length = Int64(exactly: value), length < 1 << 40 else { throw .notSafetensors }
    guard length >= 2 else { throw .notSafetensors }
    guard length <= longest else { throw .headerTooLong(length) }
    guard 8 + length <= size else { throw .truncated(expected: 8 + length, found: size) }
    return length
  }

  private static func bytes(
    of file: borrowing OpenFile, count: Int, at offset: Int64
  ) throws(SafetensorsError) -> [UInt8] {
    var failure: HashError?
    let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      do throws(HashError) {
        filled = try file.read(into: UnsafeMutableRawBufferPointer(buffer), at: offset)
      } catch {
        failure = error
        filled = 0
      }
    }
    if let failure { throw SafetensorsError(failure) }
    guard bytes.count == count else {
      throw .truncated(expected: offset + Int64(count), found: offset + Int64(bytes.count))
    }
    return bytes
  }
}

extension SafetensorsHeader.Tensor {
  /// Bits of an element of the types whose size the format fixes.
  private static let bits: [String: Int64] = [
    "F4": 4, "F6_E2M3": 6, "F6_E3M2": 6, "BOOL": 8, "U8": 8, "I8": 8, "F8_E5M2": 8, "F8_E4M3": 8,
    "F8_E8M0": 8, "F8_E4M3FNUZ": 8, "F8_E5M2FNUZ": 8, "I16": 16, "U16": 16, "F16": 16, "BF16": 16,
    "I32": 32, "U32": 32, "F32": 32, "C64": 64, "F64": 64, "I64": 64, "U64": 64,
  ]

  /// Number of elements, at most `Int64.max`.
  var elementCount: Int64 {
    shape.reduce(1) { count, size in
      let product = count.multipliedReportingOverflow(by: size)
      return product.overflow ? .max : product.partialValue
    }
  }

  fileprivate init?(name: String, _ value: JSONValue, dataOffset: Int64) {
    guard let dataType = value["dtype"]?.string, let shape = value["shape"], shape.kind == .array,
      let offsets = value["data_offsets"], offsets.count == 2,
      let begin = offsets[0]?.int, let end = offsets[1]?.int, begin >= 0, begin <= end
    else { return nil }
    let last = Int64(end).addingReportingOverflow(dataOffset)
    guard !last.overflow else { return nil }
    var sizes: [Int64] = []
    for element in shape.elements {
      guard let size = element.int, size >= 0 else { return nil }
      sizes.append(Int64(size))
    }
    self.init(
      name: name, dataType: dataType, shape: sizes,
      range: Int64(begin) + dataOffset..<last.partialValue)
    // For an unknown type, only the offsets are checked.
    if let bits = Self.bits[dataType] {
      let needed = elementCount.multipliedReportingOverflow(by: bits)
      guard !needed.overflow, needed.partialValue % 8 == 0,
        needed.partialValue / 8 == Int64(end - begin)
      else { return nil }
    }
  }
}

extension SafetensorsError {
  init(_ error: HashError) {
    switch error {
    case .file(let error): self = .file(error)
    case .notAFile, .changed, .cancelled: self = .notSafetensors
    }
  }
}

extension Int64 {
  /// The sum, or `Int64.max` if the sum is larger; neither number may be negative.
  func addingClamped(_ other: Int64) -> Int64 {
    let sum = addingReportingOverflow(other)
    return sum.overflow ? .max : sum.partialValue
  }
}
