#include "app/session/capture_file.h"
#include "app/session/session.h"
#include "tests/app/window/wait.h"
#include "tests/widgets/painted_capture.h"

#include <gtest/gtest.h>
#include <QBuffer>
#include <QDir>
#include <QFile>

namespace heedmap {
namespace {

using namespace test;

const QString kFixtures = QStringLiteral(HEEDMAP_SOURCE_DIR "/tests/fixtures/blip/");

class SessionTest : public testing::Test
{
protected:
    SessionTest() : m_session(m_engine, CaptureCache(m_folder.filePath("cache")))
    {
        QObject::connect(&m_session, &Session::failed, [this](const QString& message) { m_failures << message; });
    }

    const Document& document() const { return m_session.document(); }
    void openPicture(const QString& path)
    {
        const QImage before = document().picture.image;
        m_session.openPicture(path);
        ASSERT_TRUE(waitFor([&] { return document().picture.image.cacheKey() != before.cacheKey(); }))
            << m_failures.join('\n').toStdString();
    }
    void openCapture(const std::shared_ptr<const Capture>& capture)
    {
        m_session.openCapture(QString::fromStdString(capture->path().string()));
        ASSERT_TRUE(waitFor([&] { return document().capture && document().capture->path() == capture->path(); }));
    }

    QTemporaryDir m_folder;
    EngineClient m_engine{"/nonexistent/heedmap-engine"};
    Session m_session;
    QStringList m_failures;
};

TEST_F(SessionTest, typingIsOneStepAndUndoneAsOne)
{
    for (const char* text : {"w", "wh", "what", "what color"})
        m_session.setQuestion(text);
    EXPECT_EQ(m_session.undoStack().count(), 1);
    m_session.undoStack().undo();
    EXPECT_EQ(document().question, QString());
    m_session.undoStack().redo();
    EXPECT_EQ(document().question, QString("what color"));
}

TEST_F(SessionTest, setsOfHeadsAreUndoneAndOutliveTheCapture)
{
    openCapture(makeCapture(m_folder));
    const SavedHeadSet pair{"pair", {{"question/question_picture.layer.0", 1}}, Reduction::Max};
    m_session.setHeadSets({pair});
    m_session.setHeadSets({pair}); // nothing new, no step
    EXPECT_EQ(m_session.undoStack().count(), 2);
    openPicture(kFixtures + "pictures/wide.png");
    EXPECT_FALSE(document().capture);
    EXPECT_EQ(document().headSets, std::vector{pair});
    m_session.undoStack().undo();
    m_session.undoStack().undo();
    EXPECT_TRUE(document().headSets.empty());
}

TEST_F(SessionTest, undoBringsEveryPartOfTheDocumentBack)
{
    m_session.openModel(kFixtures + "models/qa");
    ASSERT_TRUE(waitFor([&] { return !document().model.isNull(); }));
    openPicture(kFixtures + "pictures/wide.png");
    m_session.setQuestion("what?");
    const QImage wide = document().picture.image;
    openCapture(makeCapture(m_folder));
    EXPECT_EQ(document().question, QString("red ball?")); // the capture's own
    EXPECT_EQ(document().picture.image.size(), QSize(60, 40));
    Selection kept = document().selection;
    kept.queries = {1};
    kept.map.head = HeadChoice::mean();
    m_session.setSelection(kept);

    QUndoStack& history = m_session.undoStack();
    history.undo();
    EXPECT_NE(document().selection, kept);
    EXPECT_TRUE(document().capture);
    history.undo();
    EXPECT_FALSE(document().capture);
    EXPECT_EQ(document().question, QString("what?"));
    EXPECT_EQ(document().picture.image.cacheKey(), wide.cacheKey());
    history.undo();
    history.undo();
    EXPECT_TRUE(document().picture.isNull());
    history.undo();
    EXPECT_TRUE(document().model.isNull());
    EXPECT_FALSE(history.canUndo());
    while (history.canRedo())
        history.redo();
    EXPECT_EQ(document().selection, kept);
    EXPECT_EQ(document().model.name, QString("qa"));
    EXPECT_EQ(m_failures, QStringList());
}

TEST_F(SessionTest, theNewerOfTwoPicturesWins)
{
    m_session.openPicture(kFixtures + "pictures/wide.png");
    m_session.openPicture(kFixtures + "pictures/tall.png");
    ASSERT_TRUE(waitFor([&] { return !document().picture.isNull(); }));
    settle();
    EXPECT_EQ(document().picture.name, QString("tall.png"));
    EXPECT_EQ(m_session.undoStack().count(), 1);
}

TEST_F(SessionTest, anotherPictureTakesTheOldAttentionAway)
{
    openCapture(makeCapture(m_folder));
    openPicture(kFixtures + "pictures/wide.png");
    EXPECT_FALSE(document().capture);
    m_session.undoStack().undo();
    EXPECT_TRUE(document().capture);
}

TEST_F(SessionTest, brokenFilesLeaveTheDocumentAsItIs)
{
    m_session.setQuestion("before");
    QFile text(m_folder.filePath("text.png"));
    ASSERT_TRUE(text.open(QIODevice::WriteOnly));
    text.write("no picture");
    text.close();
    const QString nowhere = m_folder.filePath("missing.png");
    const std::function<void()> attempts[] = {
        [&] { m_session.openPicture(text.fileName()); }, [&] { m_session.openCapture(text.fileName()); },
        [&] { m_session.openModel(m_folder.path()); }, [&] { m_session.openPicture(nowhere); }};
    for (const auto& attempt : attempts) {
        const qsizetype before = m_failures.size();
        attempt();
        ASSERT_TRUE(waitFor([&] { return m_failures.size() == before + 1; })) << m_failures.join('\n').toStdString();
    }
    EXPECT_EQ(m_session.undoStack().count(), 1);
    EXPECT_TRUE(m_failures.filter("config.json").size() == 1);
}

TEST_F(SessionTest, aPastedPictureIsStoredAsPng)
{
    QImage image(5, 3, QImage::Format_RGB32);
    image.fill(Qt::red);
    m_session.pastePicture(image);
    ASSERT_TRUE(waitFor([&] { return !document().picture.isNull(); }));
    EXPECT_TRUE(document().picture.bytes.startsWith("\x89PNG"));
    EXPECT_EQ(document().picture.image.pixelColor(2, 1), QColor(Qt::red));
}

TEST_F(SessionTest, runSaysWhatIsMissing)
{
    m_session.run();
    ASSERT_EQ(m_failures.size(), 1);
    EXPECT_TRUE(m_failures[0].contains("model"));
    m_session.openModel(kFixtures + "models/qa");
    ASSERT_TRUE(waitFor([&] { return !document().model.isNull(); }));
    m_session.run();
    ASSERT_EQ(m_failures.size(), 2);
    EXPECT_TRUE(m_failures[1].contains("picture"));
    EXPECT_FALSE(m_session.isRunning());
}

TEST_F(SessionTest, aCopyOfACaptureIsWholeAndOpens)
{
    const auto capture = makeCapture(m_folder);
    openCapture(capture);
    QString saved;
    QObject::connect(&m_session, &Session::informed, [&](const QString& message) { saved = message; });
    m_session.saveCapture(m_folder.filePath("copy.heed"));
    ASSERT_TRUE(waitFor([&] { return !saved.isEmpty(); }));
    EXPECT_EQ(Capture::open(m_folder.filePath("copy.heed").toStdString())->byteCount(), capture->byteCount());

    QFile::remove(QString::fromStdString(capture->path().string())); // as the cache does; undo still shows it
    saved.clear();
    m_session.saveCapture(m_folder.filePath("again.heed"));
    ASSERT_TRUE(waitFor([&] { return !saved.isEmpty(); }));
    EXPECT_EQ(Capture::open(m_folder.filePath("again.heed").toStdString())->byteCount(), capture->byteCount());
    m_session.saveCapture("/nonexistent/copy.heed");
    EXPECT_TRUE(waitFor([&] { return !m_failures.isEmpty(); }));
}

/// What a window cut off is heard again in the next, and was said once.
TEST(Transcript, isWhatTheWindowsHeardOneAfterTheOther)
{
    const auto capture = Capture::open(HEEDMAP_SOURCE_DIR "/tests/fixtures/capture/chain_windows.heed");
    EXPECT_EQ(transcriptOf(*capture), QString("¿Is the big café red ? Thank you."));
}

TEST(CaptureCache, keepsTheNewestWithinItsSize)
{
    QTemporaryDir folder;
    const CaptureCache cache(folder.filePath("captures"), 2500);
    QStringList paths;
    for (int i = 0; i < 4; ++i) {
        QFile file(cache.newPath());
        ASSERT_TRUE(file.open(QIODevice::WriteOnly));
        file.write(QByteArray(1000, 'x'));
        file.flush();
        ASSERT_TRUE(file.setFileTime(QDateTime::currentDateTime().addSecs(i - 100), QFileDevice::FileModificationTime));
        paths << file.fileName();
    }
    cache.trim({paths[0]});
    EXPECT_TRUE(QFile::exists(paths[0])) << "the one in use stays";
    EXPECT_FALSE(QFile::exists(paths[1]));
    EXPECT_TRUE(QFile::exists(paths[2]));
    EXPECT_TRUE(QFile::exists(paths[3]));
}

TEST(ModelSummary, readsLayersHeadsAndPatches)
{
    const ModelSummary summary = readModelSummary(kFixtures + "models/qa");
    EXPECT_EQ(summary.name, QString("qa"));
    EXPECT_EQ(summary.architecture, QString("BlipForQuestionAnswering"));
    EXPECT_TRUE(summary.detail.contains("layers") || summary.detail.contains("heads")) << summary.detail.toStdString();
    EXPECT_THROW(readModelSummary("/nonexistent"), Error);
}

TEST(ModelSummary, aModelWithoutPartsSpeaksForItself)
{
    const QTemporaryDir folder;
    const auto detailOf = [&](const char* config) {
        QFile file(folder.filePath("config.json"));
        EXPECT_TRUE(file.open(QIODevice::WriteOnly));
        file.write(config);
        file.close();
        return readModelSummary(folder.path()).detail;
    };
    EXPECT_EQ(detailOf(R"({"num_hidden_layers": 3, "num_attention_heads": 4})"), QString("3 layers · 4 heads"));
    EXPECT_EQ(detailOf(R"({"num_hidden_layers": 3, "num_attention_heads": 4, "image_size": 48, "patch_size": 8})"),
              QString("3 layers · 4 heads · 6 × 6 patches"));
    EXPECT_EQ(detailOf(R"({"vision_config": {"num_hidden_layers": 12, "num_attention_heads": 16},
                           "text_config": {"num_hidden_layers": 6, "num_attention_heads": 8}})"),
              QString("12 × 16 + 6 × 8 heads"));
    EXPECT_EQ(detailOf(R"({"vision_config": {"num_hidden_layers": 12, "num_attention_heads": 16},
                           "text_config": {}, "num_hidden_layers": 7})"),
              QString());
}

} // namespace
} // namespace heedmap
