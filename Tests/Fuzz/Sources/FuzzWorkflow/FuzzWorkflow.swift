import ComfyCore

/// Runs libFuzzer over ``tryOne(_:_:)``.
@main enum FuzzWorkflow {
  static func main() {
    var count = CommandLine.argc
    var arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? = CommandLine.unsafeArgv
    _ = runFuzzer(&count, &arguments, tryOne)
  }
}

/// Reads whatever libFuzzer invents as a workflow, and edits what is found in it.
@_cdecl("LLVMFuzzerTestOneInput")
func tryOne(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  let bytes = Array(UnsafeBufferPointer(start: start, count: count))
  let reader = WorkflowReader(limits: JSONLimits(bytes: 1 << 20, values: 1 << 16, depth: 200))
  guard let workflow = try? reader.read(bytes), let first = workflow.references.first,
    let edited = try? reader.replacingValue(of: first.key, with: "new.safetensors", in: bytes)
  else { return 0 }
  precondition((try? reader.read(edited)) != nil, "an edit broke the file")
  return 0
}

/// libFuzzer's own main loop, from the compiler's runtime library.
@_silgen_name("LLVMFuzzerRunDriver")
func runFuzzer(
  _ count: UnsafeMutablePointer<CInt>,
  _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?>,
  _ body: @convention(c) (UnsafePointer<UInt8>?, Int) -> CInt
) -> CInt
