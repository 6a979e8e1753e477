import Testing

@testable import Porcelain

/// Texts as GitHub Actions read them.
@Suite struct GitHubActionsTests {
  @Test(arguments: [
    ("plain", "plain", "plain"), ("50%", "50%25", "50%25"), ("a\r\nb", "a%0D%0Ab", "a%0D%0Ab"),
    ("a:b,c", "a:b,c", "a%3Ab%2Cc"), ("%0A", "%250A", "%250A"),
    ("\n::error::x", "%0A::error::x", "%0A%3A%3Aerror%3A%3Ax"),
  ])
  func escapes(_ text: String, _ message: String, _ property: String) {
    #expect(GitHubActions.escaped(text) == message)
    #expect(GitHubActions.escaped(text, isProperty: true) == property)
  }

  @Test(arguments: [
    ("a.pt", "a.pt"), ("a|b", "a\\|b"), ("<img>", "\\<img\\>"), ("a\nb", "a\\\\nb"),
    ("[x](y)", "\\[x\\]\\(y\\)"),
  ])
  func cells(_ text: String, _ expected: String) {
    #expect(GitHubActions.cell(text) == expected)
  }
}
