internal import CCurl
internal import SystemPackage

/// What a server's answer means for a file.
extension FileDownload {
  /// Decides what to do with an answer when its head is complete.
  func judge(_ transfer: Transfer) -> Transfer.Verdict {
    let head = transfer.head
    transfer.trail.heads.append(head)
    if let turn = noteLinked(head, transfer) { return stop(transfer, turn) }
    if (200..<300).contains(head.status), let detail = head.bodyFault {
      return stop(transfer, .refuse(violation(transfer, detail)))
    }
    switch head.status {
    case 200: return judgeWhole(head, transfer)
    case 206: return judgePart(head, transfer)
    case 201..<300: return stop(transfer, .fail(violation(transfer, .status)))
    default: return .collect
    }
  }

  private func stop(_ transfer: Transfer, _ turn: Transfer.Turn) -> Transfer.Verdict {
    transfer.turn = turn
    return .stop
  }

  /// Decides about an answer with the whole file, from its first byte.
  private func judgeWhole(_ head: ResponseHead, _ transfer: Transfer) -> Transfer.Verdict {
    if head.framing == .unreadable, !server.ignoresLength {
      // libcurl would read the length `1e3` as 1.
      return stop(transfer, .withoutLength)
    }
    if case .length(let length) = head.framing, !server.ignoresLength,
      let turn = otherLength(length, of: remoteVersion(head), transfer)
    {
      return stop(transfer, turn)
    }
    if transfer.hasCondition, remoteVersion(head).isSame(as: arrived.version) == true {
      return stop(transfer, .withoutCondition)
    }
    if transfer.asksForRange || arrived.isOutdated {
      if transfers.count > 1 { return stop(transfer, .drop) }
      transfer.opening = []
      return .take
    }
    return takeWhole(transfer)
  }

  /// Discards the kept bytes and takes the whole file instead, unless its beginning shows that it
  /// is not a model.
  ///
  /// - Returns: `false` when the answer is rejected; ``Transfer/turn`` then says what follows.
  func takeOpening(_ opening: [UInt8], of transfer: Transfer) -> Bool {
    transfer.opening = nil
    if transfers.count > 1 {
      transfer.turn = .drop
      return false
    }
    let mayBeEmpty = request.expectation.size == 0
    if let content = ContentSniffing.foreignContent(
      opening, filename: request.target.filename, type: transfer.head["Content-Type"]),
      content != .empty || !mayBeEmpty
    {
      let beginning = Array(opening.prefix(ContentSniffing.length))
      transfer.turn = .refuse(.notAModel(content, beginning: beginning))
      return false
    }
    guard case .take = takeWhole(transfer) else { return false }
    opening.withUnsafeBytes { put($0, from: transfer) }
    return true
  }

  /// Replaces what is known, and the kept bytes, by what an answer with the whole file says.
  ///
  /// If it does not say a length, a version that is certainly the same still has the length that it
  /// had before. The answer has to have it, too; that shows when it ends.
  private func takeWhole(_ transfer: Transfer) -> Transfer.Verdict {
    let head = transfer.head
    let version = remoteVersion(head)
    let known = version.isIdentical(to: arrived.version) ? arrived.total : nil
    if arrived.written.count > 0 { rollBack() }
    arrived.total = nil
    if case .length(let length) = head.framing, !server.ignoresLength { arrived.total = length }
    server.acceptsRanges =
      !transfer.asksForRange && arrived.total != nil
      && head["Accept-Ranges"]?.lowercased() == "bytes"
    transfer.mustReach = arrived.total == nil ? known : nil
    arrived.total = arrived.total ?? known
    arrived.version = version
    transfer.position = 0
    transfer.end = arrived.total
    transfer.isOpenEnded = true
    return confirm(head, transfer)
  }

  /// Decides about an answer with a part of the file.
  private func judgePart(_ head: ResponseHead, _ transfer: Transfer) -> Transfer.Verdict {
    guard transfer.asksForRange,
      let range = head["Content-Range"].flatMap(ContentRange.init),
      let part = range.range, part.lowerBound == transfer.position
    else { return stop(transfer, mismatch(transfer, violation(transfer, .contentRange))) }
    let found = remoteVersion(head)
    if let length = range.total, let turn = otherLength(length, of: found, transfer) {
      return stop(transfer, turn)
    }
    let isOther = arrived.total.map { known in range.total.map { $0 != known } ?? false } ?? false
    if isOther || !goesOn(found, transfer) {
      return stop(transfer, transfers.count > 1 ? .drop : .restart)
    }
    arrived.total = range.total ?? arrived.total
    arrived.version.sha256 = arrived.version.sha256 ?? found.sha256
    arrived.version.entityTag = arrived.version.entityTag ?? found.entityTag
    arrived.version.lastModified = arrived.version.lastModified ?? found.lastModified
    server.acceptsRanges = arrived.total != nil
    if transfer.end == nil { transfer.end = arrived.total }
    if let end = transfer.end, part.upperBound < end { transfer.isOpenEnded = false }
    return confirm(head, transfer)
  }

  /// What follows when a server gives another length for the version that it began with; `nil` when
  /// it does not. Such a server is not trusted, so the kept bytes are not discarded.
  func otherLength(
    _ length: Int64, of found: RemoteVersion, _ transfer: Transfer
  ) -> Transfer.Turn? {
    guard let total = arrived.total, total != length, found.isIdentical(to: arrived.version) else {
      return nil
    }
    return transfers.count > 1 ? .drop : .refuse(violation(transfer, .versionLength))
  }

  /// Whether bytes of a version belong together with those that are already there.
  ///
  /// If a server does not identify versions, we assume that it continues with the version that it
  /// began with in this run. For bytes of an earlier run, that is not enough: the answer must name
  /// their version, a condition must have been met, or a hash must be known that will reveal bytes
  /// of different versions.
  private func goesOn(_ found: RemoteVersion, _ transfer: Transfer) -> Bool {
    if let isSame = found.isSame(as: arrived.version) { return isSame }
    if server.isConfirmed || !arrived.isResumed || isHashed { return true }
    // With several sources, the condition may come from another source's answer, and then it proves
    // nothing.
    return transfer.hasCondition && request.sources.count == 1
  }

  /// Accepts the bytes of an answer that fits what is known, unless they contradict the expectation
  /// or do not fit on the volume.
  private func confirm(_ head: ResponseHead, _ transfer: Transfer) -> Transfer.Verdict {
    if let error = contradiction() { return stop(transfer, .fail(error)) }
    if let total = arrived.total,
      let free = TargetPlace.freeSpace(request.path.removingLastComponent())
    {
      let missing = total - arrived.written.count
      if missing > free {
        return stop(
          transfer, .fail(.doesNotFit(request.path, missing: missing, free: free)))
      }
    }
    if !server.isConfirmed {
      server.isConfirmed = true
      server.confirmedAt = monotonicMilliseconds()
      server.receivedSinceConfirmed = 0
      heads = transfer.trail.heads
    }
    server.direct = transfer.address
    tries.refusals = 0
    return .take
  }

  /// The error if the server's facts about the file contradict the caller's expectation.
  private func contradiction() -> FetchError? {
    let expectation = request.expectation
    if let total = arrived.total, let size = expectation.exactSize, size != total {
      return .size(expected: size, found: total, known: .request)
    }
    if let total = arrived.total, let existing, existing.size != total {
      return .exists(request.path, size: existing.size, wanted: total)
    }
    return nil
  }

  /// Notes the hash and the size of the content that a hub gives before it redirects to the bytes.
  ///
  /// - Returns: What follows if they decide that; `nil` to go ahead with the answer.
  private func noteLinked(_ head: ResponseHead, _ transfer: Transfer) -> Transfer.Turn? {
    guard (200..<400).contains(head.status) else { return nil }
    let linkedSize = head["X-Linked-Size"].flatMap { Int64(digits: $0) }
    if let size = request.expectation.exactSize, let linkedSize, size != linkedSize {
      return .fail(.size(expected: size, found: linkedSize, known: .request))
    }
    guard let tag = head["X-Linked-Etag"].flatMap({ EntityTag($0) }),
      let linked = SHA256Hash(tag.opaque)
    else { return nil }
    if let wanted = request.expectation.sha256, wanted != linked {
      return .fail(
        .checksum(
          algorithm: "sha256", expected: wanted.hex, found: linked.hex,
          known: request.expectation.hashGiver))
    }
    if let existing {
      guard existing.sha256 == linked else {
        return .fail(.exists(request.path, size: existing.size, wanted: linkedSize))
      }
      arrived.version.sha256 = linked
      return .adopt
    }
    if !arrived.isOutdated, let known = arrived.version.sha256, known != linked {
      return transfers.count > 1 ? .drop : .restart
    }
    server.linkedHash = linked
    server.linkedSize = linkedSize
    return nil
  }

  /// The version of an answer. The hub's hash in it comes from an earlier hop.
  func remoteVersion(_ head: ResponseHead) -> RemoteVersion {
    let tag = head["ETag"].flatMap { EntityTag($0) }
    return RemoteVersion(
      entityTag: tag?.headerValue, lastModified: head["Last-Modified"], sha256: server.linkedHash)
  }

  func violation(
    _ transfer: Transfer, _ detail: FetchError.ProtocolDetail
  ) -> FetchError {
    .protocolViolation(host: transfer.address.host, detail: detail)
  }

  /// What follows when an answer does not fit the requested range.
  private func mismatch(_ transfer: Transfer, _ error: FetchError) -> Transfer.Turn {
    if transfers.count > 1 { return .drop }
    return transfer.asksForRange ? .restart : .fail(error)
  }
}

extension ResponseHead {
  /// Why the body of an answer must not be read; `nil` if it may be.
  var bodyFault: FetchError.ProtocolDetail? {
    if isEncoded { return .contentEncoding }
    return framing == .contradictory ? .contentLength : nil
  }
}
