extension ModelReference {
  /// Whether `text` means the reference on a command line: it is the widget value, also as it is
  /// shown, the path or the file name.
  package func isNamed(_ text: String) -> Bool {
    let wanted = ModelReference.name(of: text)
    return name == wanted || filename == wanted || ModelReference.name(of: widgetValue) == wanted
  }
}
