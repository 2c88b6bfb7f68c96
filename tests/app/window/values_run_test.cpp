#include "app/session/session.h"
#include "app/window/what_if_wiring.h"
#include "tests/app/window/wait.h"

#include <gtest/gtest.h>
#include <QTemporaryDir>

// A view asks for values and gradients of the shown run; the session runs the model once more.

namespace heedmap {
namespace {

using namespace test;

const QString kFixtures = QStringLiteral(HEEDMAP_SOURCE_DIR "/tests/fixtures/blip/");

class ValuesRun : public testing::Test
{
protected:
    ValuesRun() : m_session(m_engine, CaptureCache(m_folder.filePath("cache")))
    {
        QObject::connect(&m_session, &Session::failed, [this](const QString& message) { m_failures << message; });
        connectWhatIf(m_session, m_context);
    }

    const Document& document() const { return m_session.document(); }
    std::string failures() const { return m_failures.join('\n').toStdString(); }
    bool settled()
    {
        const bool ended = waitFor([&] { return !m_session.isRunning(); });
        settle();
        return ended;
    }
    void runFixture()
    {
        m_session.openModel(kFixtures + "models/qa");
        m_session.openPicture(kFixtures + "pictures/wide.png");
        ASSERT_TRUE(waitFor([&] { return !document().model.isNull() && !document().picture.isNull(); }));
        m_session.setQuestion("what color is the big ball?");
        m_session.run();
        ASSERT_TRUE(settled() && document().capture) << failures();
    }
    /// The token that was generated at a place.
    GradientTarget targetAt(std::size_t step) const
    {
        const CaptureOutput& output = document().capture->manifest().outputs.front();
        const GeneratedToken& token = output.tokens.at(step);
        return {output.id, static_cast<std::int64_t>(step), token.id, token.text, {}, GradientQuantity::Logit, {}};
    }

    QTemporaryDir m_folder;
    EngineClient m_engine{qEnvironmentVariable("HEEDMAP_BIN_DIR") + QStringLiteral("/heedmap-engine")};
    Session m_session;
    ViewContext m_context;
    QStringList m_failures;
};

TEST_F(ValuesRun, gradientsOfATokenAreOneStepToUndo)
{
    runFixture();
    const std::shared_ptr<const Capture> plain = document().capture;
    Selection kept = document().selection;
    kept.queries = {2};
    m_session.setSelection(kept);
    const int steps = m_session.undoStack().count();
    const GradientTarget wanted = targetAt(1);
    m_context.whatIf().requestValues(wanted);
    EXPECT_TRUE(m_context.whatIf().state().running);
    ASSERT_TRUE(settled()) << failures();
    ASSERT_NE(document().capture, plain);
    const Manifest& manifest = document().capture->manifest();
    EXPECT_EQ(manifest.gradientTarget->step, 1);
    EXPECT_EQ(manifest.gradientTarget->tokenId, wanted.tokenId);
    EXPECT_FALSE(manifest.sites[0].outputGradients.empty());
    EXPECT_EQ(document().selection, kept);
    EXPECT_EQ(m_session.undoStack().count(), steps + 1);
    EXPECT_TRUE(m_session.undoStack().undoText().startsWith("gradients of the logit of"))
        << m_session.undoStack().undoText().toStdString();
    m_session.undoStack().undo();
    EXPECT_EQ(document().capture, plain);
}

TEST_F(ValuesRun, valuesAloneComeWithoutGradients)
{
    runFixture();
    m_context.whatIf().requestValues(std::nullopt);
    ASSERT_TRUE(settled()) << failures();
    EXPECT_FALSE(document().capture->manifest().sites[0].values.empty());
    EXPECT_FALSE(document().capture->manifest().gradientTarget);
    m_session.run();
    ASSERT_TRUE(settled());
    EXPECT_TRUE(document().capture->manifest().sites[0].values.empty()) << "the next run wants them too";
}

TEST_F(ValuesRun, interventionsStayAndTheRunToCompareWithToo)
{
    runFixture();
    const std::string site = document().capture->site(0).name;
    m_session.setInterventions({MuteHead{site, 1}}, "mute");
    ASSERT_TRUE(settled()) << failures();
    const std::shared_ptr<const Capture> baseline = document().baseline;
    ASSERT_TRUE(baseline);
    m_context.whatIf().requestValues(targetAt(0));
    ASSERT_TRUE(settled()) << failures();
    EXPECT_EQ(document().capture->manifest().interventions.size(), 1u);
    EXPECT_TRUE(document().capture->manifest().gradientTarget);
    EXPECT_EQ(document().baseline, baseline);
}

TEST_F(ValuesRun, whatCannotBeRunAgainIsSaid)
{
    m_context.whatIf().requestValues(std::nullopt);
    ASSERT_EQ(m_failures.size(), 1);
    EXPECT_TRUE(m_failures.back().contains("Run the model first")) << failures();
    runFixture();
    GradientTarget target = targetAt(0);
    m_session.setQuestion("where is it?");
    m_context.whatIf().requestValues(target);
    ASSERT_EQ(m_failures.size(), 2);
    EXPECT_TRUE(m_failures.back().contains("question was changed")) << failures();
    m_session.setQuestion("what color is the big ball?");
    target.step = 400;
    m_context.whatIf().requestValues(target);
    ASSERT_TRUE(settled());
    ASSERT_EQ(m_failures.size(), 3);
    EXPECT_TRUE(m_failures.back().contains("no token 400")) << failures();
}

} // namespace
} // namespace heedmap
