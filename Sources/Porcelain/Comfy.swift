@main
struct Comfy {
  static func main() {}
}
